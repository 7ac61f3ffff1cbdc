"""Search: the query language, and the service that answers it. Words and rows are in `indexing/`."""
