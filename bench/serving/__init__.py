"""What one core serves: `make bench`. Everything but the load generator (wrk) is here.

`measuring.py` goes through `operations.py` with our forum, the ceiling (`ceiling.py`) and perhaps a peer; `report.py`
writes what came of it. Growth with the amount of content is measured elsewhere.
"""
