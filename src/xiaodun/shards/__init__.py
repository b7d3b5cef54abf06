"""Cuts a province into pieces and runs one pure function over them."""
