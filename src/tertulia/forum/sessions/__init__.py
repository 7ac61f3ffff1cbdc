"""Who is asking: actors, log-in, cookie sessions."""
