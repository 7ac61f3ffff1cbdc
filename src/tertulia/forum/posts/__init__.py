"""Posts: texts, their differences, and the services that write them."""
