"""Categories: their names, slugs and colours, and the services about them."""
