"""Webhooks: the receivers in `hooks.py`, what was sent to them in `deliveries.py`."""
