"""Reports for staff: what is counted, over which days, and how it is put together."""
