"""Foreign protocols, each a thin room over the same services."""
