"""The forum as a whole: its totals, its groups, what staff did."""
