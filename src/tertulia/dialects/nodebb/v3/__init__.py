"""The core's write API: answers are envelopes, handlers by subject."""
