"""One file per schema version, oldest first: `versions/0001_initial.py` and so on, run by `migrating.py`."""
