"""Handlers of the old plugin, by subject; what v1 and v2 do alike or under other methods. Routes: `v1/`, `v2/`."""
