"""Demo content for `tertulia init --demo`: what it says (`content.py`, the .toml files), and how it gets into a forum
(`creating.py`, with the people's last month in `history.py`, and their pictures and files in `files.py`).
"""
