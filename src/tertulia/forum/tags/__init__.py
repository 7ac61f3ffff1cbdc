"""Tags: their names, and the services about them."""
