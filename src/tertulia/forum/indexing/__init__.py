"""What can be searched: words, how both engines are told them, and the rows of posts. Questions are in `search/`."""
