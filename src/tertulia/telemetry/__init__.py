"""Request ids, structured logs, counters. Anyone above may count; `http` prints."""
