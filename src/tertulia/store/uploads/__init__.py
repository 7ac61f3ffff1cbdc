"""Uploads: their rows, what uses them, and blobs that are about to go. Read next: `rows.py`."""
