"""Keys as requests show them, and the keys of people. Admins manage theirs in `admin/keys.py`."""
