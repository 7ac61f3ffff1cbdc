"""Bulk writes with given ids and times, for importers and seeding: no rights asked, no events, no effects.

Each function writes in the unit it is given; the caller commits, in slices that others can wait for.
Order: `occupancy`, `progress`, `people`, `places`, `content`, `reading`, `counting`.
"""
