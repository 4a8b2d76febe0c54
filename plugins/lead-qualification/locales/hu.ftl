speaks-for = { $points } pont: { $what } ({ $found })
speaks-against = { $points } pont: { $what } ({ $found })
faded = { $points } pont: { $days } nap hallgatás az ügyfél részéről
moved-by-reason = Észérvek mozgatják: { $what } („{ $found }”)
moved-by-feeling = Érzelem mozgatja: { $what } („{ $found }”)
ask = { $question }
called-within = A(z) { $grade } osztályú érdeklődőt { $minutes } percen belül felhívjuk
