"""Data files of the commands: written under a temporary name, then renamed: no half file is ever seen."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


def write_text(out: str | None, text: str) -> None:
    """Write text to `out`; `-` or None is standard output. A file appears whole or not at all."""
    if out in (None, "-"):
        sys.stdout.write(text)
        return
    write_bytes(Path(str(out)), text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """CSV with header: empty for None and NaN, 0/1 for booleans, ISO dates, shortest round-trip floats."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def json_text(value: Any) -> str:
    """JSON with `null`, never NaN; Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if hasattr(value, "item"):  # a NumPy scalar prints as np.float64(...) or True
        value = value.item()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
