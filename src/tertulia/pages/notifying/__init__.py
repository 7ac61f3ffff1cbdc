"""What the reader was told, as a page."""
