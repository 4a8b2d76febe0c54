speaks-for = { $points } pkt: { $what } ({ $found })
speaks-against = { $points } pkt: { $what } ({ $found })
faded = { $points } pkt: { $days ->
    [one] { $days } dzień
   *[other] { $days } dni
} bez wiadomości od klienta
moved-by-reason = Kieruje się rozsądkiem: { $what } („{ $found }”)
moved-by-feeling = Kieruje się uczuciem: { $what } („{ $found }”)
ask = { $question }
called-within = Telefon do leada klasy { $grade } w ciągu { $minutes ->
    [one] { $minutes } minuty
   *[other] { $minutes } minut
}
