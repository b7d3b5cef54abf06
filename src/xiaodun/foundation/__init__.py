"""The ground: clock, scope and row security, journal, jobs, partitions, the embedded database."""
