"""Groups in the browser: the list, one with its members, joining, leaving, asking."""
