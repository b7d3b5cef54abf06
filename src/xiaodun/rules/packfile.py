"""Reads one YAML pack file as plain data. A key given twice is refused; no tag makes an object."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from xiaodun.kernel.errors import Fault, Refused

# The parser in C reads the shipped packs some ten times faster; the one in Python gives the same answers.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """The safe loader, except that a key given twice is an error and not a silent choice of the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.MarkedYAMLError(problem=f"key given twice: {twice}", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep=deep)


def read_mapping(path: Path) -> dict[str, Any]:
    """The file as a mapping. Refused `packs.unreadable`, `packs.not_yaml` or `packs.not_a_mapping`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            Fault(
                "packs.unreadable",
                zh="文件须能读取，编码为 UTF-8",
                en="the file must be readable and UTF-8",
                value=type(error).__name__,
                file=path.name,
            )
        ) from error
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506 (a subclass of the safe loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Refused(
            Fault(
                "packs.not_yaml",
                zh="按 YAML 改正这一处",
                en="correct the YAML at this place",
                where=f"line {mark.line + 1}" if mark else "",
                value=str(getattr(error, "problem", "") or "").replace("\n", " "),
                file=path.name,
            )
        ) from error
    if not isinstance(found, dict):
        raise Refused(
            Fault(
                "packs.not_a_mapping",
                zh="文件须以 format、kind、rules 等键开始",
                en="the file must start with keys such as format, kind and rules",
                value=type(found).__name__,
                file=path.name,
            )
        )
    return found
