# Amit több indok mond: mennyi idő, és miről van szó.
duration = { $amount } { $unit ->
    [minutes] perc
    [hours] óra
   *[days] nap
}
metric = { $metric ->
    [first-response] Az első válasz
    [first-contact] Az első hívás
    [next-response] A következő válasz
    [resolution] A megoldás
   *[other] „{ $metric }”
}

late = { metric } késik: { duration }; { $source ->
    [contract] a szerződés ígérte
    [desk] az ügyfélszolgálat ígérte
   *[other] ígérte: { $source }
}
at-risk = { metric } hamarosan esedékes, hátravan { duration }
breach-likely = Valószínű a késés: a hasonló bejelentések { $percent } %-a késett
breach-signs = Erre utal: { $signs }
nobody-took-it = A(z) { $level }. szinten { duration } óta senki sem vette át
reopened = Megoldás után { $times } alkalommal visszatért
handed-off = { $times } alkalommal ment kézről kézre
cause = { $cause ->
    [executive] Az ügyfél egyik vezetője hozta
    [stuck] Elakadt
    [signal] Egy jelzés figyelmet kér
    [requested] Valaki kérte
   *[other] Ok: { $cause }
}
tier = Az ügyfél szintje: { $tier }
worth = A tét: { $company }, évi értéke { $value }
rung = { $level }. szint: { $who }
sleeps = Csendes órák: a(z) { $level }. szint, { $who }, értesítése { duration } múlva
promised = { metric } { duration } alatt ({ $for })
