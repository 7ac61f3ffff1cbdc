"""The kit: from route rows to ASGI. `kit.py` walks one request; dialects and pages bring rows, identity and words."""
