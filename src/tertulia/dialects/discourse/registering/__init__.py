"""Making accounts, and the links in mails that prove an address."""
