"""What follows from what happened. `table.py` maps every event to functions inside its transaction."""
