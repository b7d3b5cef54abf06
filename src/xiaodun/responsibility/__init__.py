"""重点论: who answers for what."""
