"""NodeBB's APIs: the old plugin's v1 and v2, the core's v3, the read API; one folder each, `wire.py` for all.

`dialect.py` who asks, `errors.py` how each generation says a failure, `shapes/` the JSON that goes out.
"""
