"""The old plugin's second version: a table of routes over the handlers in `plugin/`."""
