"""The read API: whole pages as bare JSON, handlers by subject."""
