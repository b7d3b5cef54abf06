"""Puts the planted pieces where this process and its workers can import them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
