"""Where the bytes of uploads lie: a directory, an S3-compatible service, or this process's memory in tests.

Read next: `base.py`.
"""
