"""Small pack files for the tests: one good row, changed by what a test says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROW: dict[str, Any] = {
    "id": "HFMD-CLS-7D-2",
    "family": "HFMD",
    "words": {"zh": "手足口病", "en": "Hand, foot and mouth disease"},
    "kind": "diagnosis",
    "diagnoses": ["hfmd"],
    "scope": "class",
    "window_days": 7,
    "count": 2,
    "attack_rate": None,
    "level": "cluster",
    "time_limit_hours": 24,
    "report_to": ["cdc"],
    "sources": ["S"],
    "grade": "secondary",
    "certainty": "read",
    "verified": False,
    "status": "in_force",
    "notes": {"zh": "例", "en": "example"},
}


def row(**changes: Any) -> dict[str, Any]:
    """The good row with changes; a change to ... leaves the key out."""
    return {key: value for key, value in (ROW | changes).items() if value is not ...}


def write(
    folder: Path, name: str, *rows: Any, layer: str = "national", document_no: str | None = None, **head: Any
) -> Path:
    source: dict[str, Any] = {"id": "S", "title": {"zh": "文件", "en": "document"}}
    if document_no:
        source["document_no"] = document_no
    data = {
        "format": 1,
        "kind": "rules",
        "pack": name,
        "layer": layer,
        "issuer": {"zh": "某局", "en": "a bureau"},
        "sources": [source],
        "rules": list(rows) or [row()],
    } | head
    file = folder / f"{name}.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    return file
