"""What people set for themselves, one file per screen."""
