"""What the readers of all packs share: head, sources, trust, dates, and a version that names the row's words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from xiaodun.kernel.errors import Fault, Refused
from xiaodun.rules import fields
from xiaodun.rules.fields import Field, one_of
from xiaodun.rules.packfile import read_mapping
from xiaodun.rules.rule import GRADES, LAYERS, Source

R = TypeVar("R")
Misfit = tuple[str, str, str, str]  # code, field, Chinese, English

# All but the first, and the second where both dates are known, judge only where a caller names them.
STATUS = (
    r"in_force|historical|local_example|disabled_[a-z_]+|verify_against:[A-Z0-9-]+|superseded_by:[A-Z0-9-]+"
)

SOURCE: dict[str, Field] = {
    "id": Field(fields.text),
    "title": Field(fields.bilingual),
    "document_no": Field(fields.text, required=False),
    "issued_on": Field(fields.day, required=False),
    "address": Field(fields.text, required=False),
}

NAMED: dict[str, Field] = {
    "id": Field(fields.matching(r"[A-Z0-9]+(-[A-Z0-9]+)*")),
    "words": Field(fields.bilingual),
}

TRUST: dict[str, Field] = {
    "sources": Field(fields.names),
    "grade": Field(one_of(*GRADES)),
    "certainty": Field(one_of("read", "recall")),
    "verified": Field(fields.verified),
    "status": Field(fields.matching(STATUS)),
    "effective_from": Field(fields.day, required=False),
    "effective_to": Field(fields.day, required=False),
    "effective_certainty": Field(one_of("read", "assumption"), required=False),
    "notes": Field(fields.bilingual),
}


def head(kind: str, *, rows: str) -> dict[str, Field]:
    """The keys on top of a pack of this kind, whose rows stand under `rows`."""
    return {
        "format": Field(fields.exactly(1)),
        "kind": Field(fields.exactly(kind)),
        "pack": Field(fields.matching(r"[a-z0-9]+(-[a-z0-9]+)*")),
        "layer": Field(one_of(*LAYERS)),
        "issuer": Field(fields.bilingual),
        "sources": Field(fields.rows),
        rows: Field(fields.rows),
    }


def gather(files: Iterable[Path], read: Callable[[Path], R]) -> tuple[tuple[R, ...], list[Fault]]:
    """The packs that can be read, in the order of the files, and the faults of the others."""
    packs: list[R] = []
    faults: list[Fault] = []
    for file in files:
        try:
            packs.append(read(file))
        except Refused as refused:
            faults.extend(refused.faults)
    return tuple(packs), faults


@dataclass(frozen=True, slots=True)
class PackFile:
    """What the rows of one file are read against."""

    name: str
    head: dict[str, Any]
    sources: dict[str, Source]
    faults: list[Fault]

    def about(self) -> dict[str, Any]:
        """The fields of the pack itself, its rows apart."""
        return {
            "id": self.head["pack"],
            "layer": self.head["layer"],
            "issuer": self.head["issuer"]["zh"],
            "issuer_en": self.head["issuer"]["en"],
            "file": self.name,
            "sources": tuple(self.sources.values()),
        }

    def rows(self, key: str, called: str, read: Callable[[Any, str, PackFile], R | None]) -> tuple[R, ...]:
        """The rows under that key. Refused with every fault of the file, in reading order."""
        found = [
            read(row, _name(row, f"{called} {index}"), self) for index, row in enumerate(self.head[key], 1)
        ]
        if self.faults:
            raise Refused(*self.faults)
        return tuple(row for row in found if row is not None)

    def read_row(
        self,
        row: Any,
        table: dict[str, Field],
        name: str,
        misfits: Callable[[dict[str, Any]], list[Misfit]],
    ) -> dict[str, Any] | None:
        """The checked values of one row; None when it has a fault, which is noted."""
        before = len(self.faults)
        good = fields.read(row, table, self.name, name, self.faults)
        if len(self.faults) == before:
            self.faults.extend(
                Fault(code, zh, en, f"{good['id']} {key}", str(good.get(key, "")), self.name)
                for code, key, zh, en in misfits(good) + self._untrue(good)
            )
        return good if len(self.faults) == before else None

    def about_row(self, good: dict[str, Any]) -> dict[str, Any]:
        """The fields of `Row` out of a checked row; they are taken from `good`, which keeps the others."""
        cited = tuple(self.sources[each] for each in good.pop("sources"))
        version = _version(self.head, good, cited)
        words, notes = good.pop("words"), good.pop("notes")
        taken = {key: good.pop(key) for key in ("id", *TRUST) if key in good}
        return taken | {
            "version": version,
            "pack": self.head["pack"],
            "layer": self.head["layer"],
            "issuer": self.head["issuer"]["zh"],
            "issuer_en": self.head["issuer"]["en"],
            "words": words["zh"],
            "words_en": words["en"],
            "notes": notes["zh"],
            "notes_en": notes["en"],
            "sources": cited,
        }

    def _untrue(self, row: dict[str, Any]) -> list[Misfit]:
        found: list[Misfit] = [
            (
                "packs.source_unknown",
                "sources",
                f"在本文件 sources 中补上 {name}",
                f"add {name} to the sources",
            )
            for name in row["sources"]
            if name not in self.sources
        ]
        first, last = row.get("effective_from"), row.get("effective_to")
        if first is not None and last is not None and last < first:
            zh, en = "不能早于 effective_from", "cannot lie before effective_from"
            found.append(("packs.value", "effective_to", zh, en))
        return found


def open_pack(path: Path, table: dict[str, Field]) -> PackFile:
    """The file with its checked head and sources. Refused `packs.*` when the head is not good."""
    faults: list[Fault] = []
    good = fields.read(read_mapping(path), table, path.name, "", faults)
    if faults:
        raise Refused(*faults)
    return PackFile(path.name, good, _sources(good["sources"], path.name, faults), faults)


def _sources(rows: list[Any], file: str, faults: list[Fault]) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for index, row in enumerate(rows, 1):
        good = fields.read(row, SOURCE, file, _name(row, f"source {index}"), faults)
        if "id" not in good or "title" not in good:
            continue
        if good["id"] in found:
            zh, en = "来源编号在一个文件里只能用一次", "use a source id once in a file"
            faults.append(Fault("packs.source_twice", zh, en, f"{good['id']} id", good["id"], file))
        title = good.pop("title")
        found[good["id"]] = Source(title=title["zh"], title_en=title["en"], **good)
    return found


def _version(head: dict[str, Any], row: dict[str, Any], cited: tuple[Source, ...]) -> str:
    """Pack, first day in force and a hash over all that the row says: changes exactly when the row does."""
    said = json.dumps([head["pack"], head["layer"], head["issuer"], row, cited], sort_keys=True, default=str)
    digest = hashlib.sha256(said.encode()).hexdigest()[:8]
    return f"{head['pack']}@{row.get('effective_from') or 'open'}#{digest}"


def _name(row: Any, fallback: str) -> str:
    found = row.get("id") if isinstance(row, dict) else None
    return found if isinstance(found, str) else fallback
