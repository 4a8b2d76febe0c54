# Co mówi kilka powodów: jak długo i czego dotyczy.
duration = { $unit ->
    [minutes] { $amount } min
    [hours] { $amount } godz.
   *[days] { $amount ->
        [one] { $amount } dzień
       *[other] { $amount } dni
    }
}
metric = { $metric ->
    [first-response] Pierwsza odpowiedź
    [first-contact] Pierwszy telefon
    [next-response] Następna odpowiedź
    [resolution] Rozwiązanie
   *[other] „{ $metric }”
}

late = { metric }: opóźnienie { duration }; { $source ->
    [contract] obiecała to umowa
    [desk] obiecał to dział obsługi
   *[other] obiecuje to { $source }
}
at-risk = { metric }: zostało { duration }
breach-likely = Spóźnienie jest prawdopodobne: wśród podobnych zgłoszeń spóźniło się { $percent } %
breach-signs = Przemawia za tym: { $signs }
nobody-took-it = Na poziomie { $level } nikt tego nie przejął; czas: { duration }
reopened = { $times ->
    [one] Wróciło { $times } raz po rozwiązaniu
   *[other] Wróciło { $times } razy po rozwiązaniu
}
handed-off = { $times ->
    [one] Przeszło { $times } raz od osoby do osoby
   *[other] Przeszło { $times } razy od osoby do osoby
}
cause = { $cause ->
    [executive] Zgłosił to członek kierownictwa klienta
    [stuck] Utknęło
    [signal] Sygnał wymaga uwagi
    [requested] Ktoś o to poprosił
   *[other] Przyczyna: { $cause }
}
tier = Poziom klienta: { $tier }
worth = W grze: { $company }, wartość roczna { $value }
rung = Poziom { $level }: { $who }
sleeps = Cisza nocna: poziom { $level }, { $who }, powiadomienie za { duration }
promised = { metric }: w ciągu { duration } ({ $for })
