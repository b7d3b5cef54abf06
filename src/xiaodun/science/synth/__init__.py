"""A synthetic county from a seed: schools, pupils, names, everyday absence, one influenza that really was.

Every place and person is invented. The same seed and options give the same arrays on every machine.
"""
