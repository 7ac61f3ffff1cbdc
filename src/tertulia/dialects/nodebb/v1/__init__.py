"""The old plugin's first version: a table of routes over the handlers in `plugin/`."""
