"""Reads rule packs, decides, and explains the decision in words. Knows no database and no clock."""
