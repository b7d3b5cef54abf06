"""The reference outputs beside the checkout, made with R's surveillance and EpiEstim; read without further tools."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "detection-reference"


@cache
def table(name: str) -> dict[str, np.ndarray]:
    """Columns of a file; numbers as floats with NaN where empty, words as text."""
    with (FOLDER / name).open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return {name: _column(cells) for name, cells in zip(rows[0], zip(*rows[1:], strict=True), strict=True)}


def _column(cells: tuple[str, ...]) -> np.ndarray:
    try:
        return np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError:
        return np.array(cells)


@cache
def series() -> tuple[dict[str, int], np.ndarray]:
    """Row number of each name, and the counts with NaN behind the end of the shorter series."""
    read = table("series.csv")
    names = {name: row for row, name in enumerate(dict.fromkeys(read["series"].tolist()))}
    counts = np.full((len(names), int(read["t"].max())), np.nan)
    counts[[names[name] for name in read["series"]], read["t"].astype(int) - 1] = read["y"]
    return names, counts


def where(read: dict[str, np.ndarray], chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cells (series, time) of the chosen rows of a file."""
    names, _counts = series()
    rows = np.array([names[name] for name in read["series"][chosen]], dtype=int)
    return rows, read["t"][chosen].astype(int) - 1


def assert_same(ours: np.ndarray, theirs: np.ndarray, relative: float = 1e-9, absolute: float = 0.0) -> None:
    """Equal where both are numbers, and missing in the same places."""
    np.testing.assert_allclose(ours, theirs, rtol=relative, atol=absolute, equal_nan=True)


def decisions(alarm: Any) -> np.ndarray:
    """An alarm column of the reference as ours: -1 where it is empty."""
    return np.where(np.isnan(alarm), -1, alarm).astype(int)
