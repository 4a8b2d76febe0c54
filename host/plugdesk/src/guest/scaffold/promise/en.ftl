by-priority = The priority is { $priority }
