"""Topics: titles, and the services that create, edit, close and list them."""
