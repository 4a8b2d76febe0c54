late = The { $metric } is late
