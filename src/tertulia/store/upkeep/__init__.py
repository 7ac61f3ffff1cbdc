"""Work on the whole database: making its tables, migrating, bulk loading, recounting, sweeping, snapshots."""
