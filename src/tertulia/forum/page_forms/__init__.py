"""The form of a post for pages: derived from its HTML (`form.py`), kept beside it, read with a page (`keeping.py`)."""
