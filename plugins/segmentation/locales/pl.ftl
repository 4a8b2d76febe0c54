company-record = To rekord firmy: { $found }
company-set = Dotyczy firmy: { $found }
membership = Osoba należy do firmy ({ $found })
free-mail = Pisze z { $found }, gdzie każdy może mieć adres
own-mail = Pisze z { $found }, własnej domeny
legal-form = Nazwa ma formę prawną „{ $found }”
known = Kontakt jest znany jako { $found ->
    [company] firma
   *[consumer] konsument
}
nothing-else = Nic nie wskazuje na firmę
field = { $side ->
    [company] Pole wskazuje na firmę: { $found }
   *[consumer] Pole wskazuje na konsumenta: { $found }
}
word = { $side ->
    [company] Temat mówi o firmie: „{ $found }”
   *[consumer] Temat mówi o sprawie prywatnej: „{ $found }”
}
