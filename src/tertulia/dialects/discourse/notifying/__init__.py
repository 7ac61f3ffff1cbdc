"""What people are told, and how closely they listen, in Discourse's words."""
