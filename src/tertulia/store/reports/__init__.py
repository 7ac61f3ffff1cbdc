"""Numbers by day for reports: counted over ranges of indexes, or kept as they happen."""
