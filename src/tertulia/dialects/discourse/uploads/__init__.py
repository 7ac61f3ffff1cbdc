"""Uploads in Discourse's words: keeping files, finding them, giving them back, avatars. Read next: `routes.py`."""
