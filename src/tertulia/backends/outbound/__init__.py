"""Asking other servers over HTTP. The protocol is in `base.py`; `http.py` and `captured.py` are its makers."""
