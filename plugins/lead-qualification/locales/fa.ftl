speaks-for = { $points } امتیاز: { $what } ({ $found })
speaks-against = { $points } امتیاز: { $what } ({ $found })
faded = { $points } امتیاز: { $days } روز بی‌خبری از مشتری
moved-by-reason = انگیزهٔ منطقی: { $what } («{ $found }»)
moved-by-feeling = انگیزهٔ احساسی: { $what } («{ $found }»)
ask = { $question }
called-within = با سرنخ درجهٔ { $grade } ظرف { $minutes } دقیقه تماس گرفته می‌شود
