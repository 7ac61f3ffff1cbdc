"""Services and rules of the forum: what may happen to topics, posts, users; no SQL, no HTTP, no dialect words."""
