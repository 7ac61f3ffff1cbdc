"""Private messages in the browser: the reader's lists, the form for a new one, who is in one."""
