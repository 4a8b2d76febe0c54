speaks-for = { $points } points: { $what } ({ $found })
speaks-against = { $points } points: { $what } ({ $found })
faded = { $points } points: { $days ->
    [one] one day
   *[other] { $days } days
} without a word from the customer
moved-by-reason = Moved by reason: { $what } (“{ $found }”)
moved-by-feeling = Moved by feeling: { $what } (“{ $found }”)
ask = { $question }
called-within = A lead of grade { $grade } is called within { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
}
