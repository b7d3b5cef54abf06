"""Settings files of `xiaodun science detect`: JSON, every key known, every value checked, then options of a method."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiaodun.kernel.errors import DomainError, Fault, Refused
from xiaodun.science.command_tables import read_text
from xiaodun.science.detection.detect import Options
from xiaodun.science.detection.ears import Ears


@dataclass(frozen=True)
class Method:
    """One value of --method. keys: the names in the settings file, in the order of the docs."""

    keys: tuple[str, ...]
    options: Callable[..., Options]


_EARS = ("baseline", "alpha", "min_sigma")

METHODS: dict[str, Method] = {
    **{
        f"ears-{name.lower()}": Method(_EARS, lambda name=name, **given: Ears(name, **given))
        for name in ("C1", "C2", "C3")
    },
}


@dataclass(frozen=True)
class Settings:
    """What a settings file says: the options of the method and the range in t, None = all."""

    options: Options
    span: tuple[int, int] | None


def read_settings(method: str, path: Path | None, series: Sequence[str]) -> Settings:
    """Settings of a method for these series; without a file the usual ones. Raises Refused `settings.*`."""
    file = "" if path is None else path.name
    given = {} if path is None else _json(path)
    known = METHODS[method].keys
    unknown = [
        Fault(
            "settings.unknown_key", f"可用: {' '.join(known)} range", f"known: {' '.join(known)} range", key,
            json.dumps(given[key], ensure_ascii=False)[:60], file,
        )
        for key in given
        if key not in (*known, "range")
    ]  # fmt: skip
    if unknown:
        raise Refused(*unknown)
    span = _span(given.pop("range", None), file)
    try:
        return Settings(METHODS[method].options(**{key: _plain(value) for key, value in given.items()}), span)
    except DomainError as wrong:
        raise Refused(
            *(Fault("settings.value", f.zh, f.en, f.where, f.value, file) for f in wrong.faults)
        ) from wrong


def _json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(read_text(path), parse_constant=_no_number, object_pairs_hook=_once)
    except RecursionError:
        read = None
    except ValueError as error:
        zh, en = "按 JSON 改正", "correct it as JSON"
        raise Refused(Fault("settings.not_json", zh, en, "", str(error), path.name)) from error
    if not isinstance(read, dict):
        zh, en = '写成 {"baseline": 7} 这样的对象', 'write an object such as {"baseline": 7}'
        raise Refused(Fault("settings.not_json", zh, en, "", type(read).__name__, path.name))
    return read


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is not a number; write null")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise ValueError(f"the key {key} stands twice")
    return dict(pairs)


def _plain(value: Any) -> Any:
    """3.0 passes where a whole number is asked, and a list where a pair is."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return tuple(_plain(each) for each in value) if isinstance(value, list) else value


def _span(value: Any, file: str) -> tuple[int, int] | None:
    if value is None:
        return None
    pair = _plain(value)
    if isinstance(pair, tuple) and len(pair) == 2 and all(type(each) is int for each in pair):
        first, last = pair
        if 1 <= first <= last:
            return first, last
    zh, en = "写成 [首, 末]，1 <= 首 <= 末", "write [first, last] with 1 <= first <= last"
    raise Refused(Fault("settings.range", zh, en, "range", json.dumps(value), file))
