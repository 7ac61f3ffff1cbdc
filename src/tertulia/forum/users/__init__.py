"""Users: names, e-mail addresses, passwords, and the services about accounts."""
