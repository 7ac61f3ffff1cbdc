"""Machinery with more than one maker. `forum` knows only the protocols in `base.py`; `app` chooses the makers."""
