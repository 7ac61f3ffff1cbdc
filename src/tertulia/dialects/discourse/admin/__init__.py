"""What staff ask for: accounts, API keys, site settings, the log of what staff did."""
