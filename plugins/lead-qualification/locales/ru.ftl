speaks-for = Баллы { $points }: { $what } ({ $found })
speaks-against = Баллы { $points }: { $what } ({ $found })
faded = Баллы { $points }: { $days ->
    [one] { $days } день
    [few] { $days } дня
   *[other] { $days } дней
} без вестей от клиента
moved-by-reason = Движет расчёт: { $what } («{ $found }»)
moved-by-feeling = Движет чувство: { $what } («{ $found }»)
ask = { $question }
called-within = Лиду класса { $grade } звонят в течение { $minutes ->
    [one] { $minutes } минуты
   *[other] { $minutes } минут
}
