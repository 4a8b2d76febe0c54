came-by = It came in by { $channel }
