"""Oneboxes: what stands in the place of a bare address. Own topics and people at once, pages elsewhere once fetched.

Read next: `finding.py`, then `storing.py` and `fetching.py`. What becomes of them later: `../onebox_refreshing.py`.
"""
