"""The browser: one file per screen, over the same services as the dialects. Rows are in `routes.py`.

Pages are made on the server and need no scripts; what scripts add lies in `static/`. Read next: `rendering.py`.
"""
