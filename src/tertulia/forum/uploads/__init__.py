"""Uploads: keeping files that people bring, giving them back, and sweeping what nobody uses.

Read next: `creating.py`, `serving.py`, `sweeping.py`.
"""
