"""Readers of other forums' archives. They reach the store only through `forum/loading`, in units they are handed."""
