"""班主任: the morning check."""
