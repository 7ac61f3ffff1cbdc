"""Sending mail. The protocol is in `base.py`; `smtp.py`, `nowhere.py` and `captured.py` are its makers."""
