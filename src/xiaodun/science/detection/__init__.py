"""Outbreak detection: counts in; what was expected, the upper limit, a score, the alarm and why out."""
