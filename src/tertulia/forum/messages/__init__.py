"""Private messages after they were written: who is in them, who put them away, what they become, and lists of them."""
