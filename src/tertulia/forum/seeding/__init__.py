"""Seeding: made-up people, topics and posts in any number, the same for the same number, as real forums have them.

Pure generators (`vocabulary`, `blocks`, `shares`, `writing`), and `filling.py`, which loads what they give.
"""
