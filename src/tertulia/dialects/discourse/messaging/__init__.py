"""Private messages, and what groups do around them, in Discourse's words."""
