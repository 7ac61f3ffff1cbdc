"""Rows around a user: what was changed, who follows whom, memberships, and what a leaving user leaves behind."""
