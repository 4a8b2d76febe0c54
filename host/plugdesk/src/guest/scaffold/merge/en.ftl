two-segments = One is { $one }, the other { $other }
