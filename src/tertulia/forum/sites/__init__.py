"""The site as a whole: founding it, its settings, statistics, the staff log."""
