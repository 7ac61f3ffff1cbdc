"""Credentials of programs: keys, tokens, their scopes, signed tokens."""
