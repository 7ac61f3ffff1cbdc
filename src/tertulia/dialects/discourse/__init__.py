"""Discourse's HTTP API. `routes.py` what may be asked, `dialect.py` who asks, `errors.py` how failures are said,
`wire.py` spelling, handlers by area beside them, `shapes/` the JSON that goes out."""
