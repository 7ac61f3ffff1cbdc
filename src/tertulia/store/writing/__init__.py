"""Changes to topics and posts: rows put, changed, counted and removed. Reading is in the files above this folder."""
