"""A real forum inside pytest: `forum` is a fixture, fresh for every test. See docs/howto/test-an-integration.md."""
