company-record = Egy cég rekordja: { $found }
company-set = Egy cégnek szól: { $found }
membership = A személy egy céghez tartozik ({ $found })
free-mail = Innen ír: { $found }, ahol bárkinek lehet címe
own-mail = Innen ír: { $found }, ez saját tartomány
legal-form = A névben cégforma áll: „{ $found }”
known = A kapcsolatot így ismerjük: { $found ->
    [company] cég
   *[consumer] fogyasztó
}
nothing-else = Semmi sem utal cégre
field = { $side ->
    [company] Egy mező cégre utal: { $found }
   *[consumer] Egy mező fogyasztóra utal: { $found }
}
word = { $side ->
    [company] A tárgy cégről szól: „{ $found }”
   *[consumer] A tárgy magánügyről szól: „{ $found }”
}
