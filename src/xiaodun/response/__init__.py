"""过程论: what happens over time."""
