"""Who is told what: named people at once, watchers and groups by the worker; lists, marks and settings of one's own."""
