"""How often people may act: what counts is taken before the turn to write, and given back if nothing came of it."""
