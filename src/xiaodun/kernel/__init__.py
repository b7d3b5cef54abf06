"""Words, codes, the school calendar, errors and seeded draws: the standard library and NumPy only."""
