"""The shared frame of every page: tokens, shapes, written forms, charts and base templates.

It knows no domain: whatever it shows arrives as plain arguments, so that every audience room can stand on it.
"""
