"""What happens around membership in groups: requests, logs, and how members follow messages to their group."""
