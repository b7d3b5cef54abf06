"""Settings files of `xiaodun science detect`: JSON, every key known, every value checked, then options of a method."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

from xiaodun.kernel.errors import DomainError, Fault, Refused
from xiaodun.science.command_tables import read_text
from xiaodun.science.detection.bayes import Bayes, Rki
from xiaodun.science.detection.cusum import Cusum
from xiaodun.science.detection.detect import Options
from xiaodun.science.detection.ears import Ears
from xiaodun.science.detection.farrington import Farrington
from xiaodun.science.detection.glr import Glr
from xiaodun.science.detection.outbreakp import OutbreakP
from xiaodun.science.detection.shape import refuse_option


@dataclass(frozen=True)
class Method:
    """One value of --method. keys: the names in the settings file, in the order of the docs."""

    keys: tuple[str, ...]
    options: Callable[..., Options]


def _glr(alpha: float | None, **given: Any) -> Glr:
    """The dispersion belongs to the method: without one it is Poisson, with one it is negative binomial."""
    if "mu0" not in given:
        refuse_option(
            "mu0", None, "写期望均数，一个数或 {序列: 数}", "give the mean, a number or {series: number}"
        )
    return Glr(alpha=0.0 if alpha is None else alpha, **given)


def _glr_poisson(**given: Any) -> Glr:
    if given.pop("alpha", None):
        refuse_option("alpha", "", "改用 glr-nb", "use glr-nb")
    return _glr(None, **given)


def _glr_nb(**given: Any) -> Glr:
    if not given.get("alpha"):
        zh, en = "写方差 mu0 + alpha mu0² 的 alpha，大于0", "give alpha > 0 of the variance mu0 + alpha mu0²"
        refuse_option("alpha", given.get("alpha"), zh, en)
    return _glr(**given)


def _rki(alpha: Any = None, **given: Any) -> Rki:
    """alpha may stand there, as beside bayes; the limits of RKI are fixed."""
    return Rki(**given)


_EARS = ("baseline", "alpha", "min_sigma")
_BASE = ("b", "w", "act_y", "alpha", "freq")
_GLR = ("mu0", "alpha", "theta", "c_arl")

METHODS: dict[str, Method] = {
    "ears-c1": Method(_EARS, partial(Ears, "C1")),
    "ears-c2": Method(_EARS, partial(Ears, "C2")),
    "ears-c3": Method(_EARS, partial(Ears, "C3")),
    "farrington-flexible": Method(tuple(each.name for each in fields(Farrington)), Farrington),
    "cusum": Method(tuple(each.name for each in fields(Cusum)), Cusum),
    "bayes": Method(_BASE, Bayes),
    "rki": Method(_BASE, _rki),
    "glr-poisson": Method(_GLR, _glr_poisson),
    "glr-nb": Method(_GLR, _glr_nb),
    "outbreakp": Method(("k",), OutbreakP),
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
    known = " ".join((*METHODS[method].keys, "range"))
    unknown = [key for key in given if key not in known.split()]
    if unknown:
        raise Refused(
            *(
                Fault(
                    "settings.unknown_key", f"可用: {known}", f"known: {known}", key, _shown(given[key]), file
                )
                for key in unknown
            )
        )
    span = _span(given.pop("range", None), file)
    try:
        plain = {key: _plain(value) for key, value in given.items()}
        if isinstance(plain.get("mu0"), dict):
            plain["mu0"] = _for_each(plain["mu0"], series)
        options = METHODS[method].options(**plain)
    except DomainError as wrong:
        faults = (Fault("settings.value", f.zh, f.en, f.where, f.value, file) for f in wrong.faults)
        raise Refused(*faults) from wrong
    if span is None and isinstance(options, Cusum) and isinstance(options.m, str):
        zh, en = (
            "写 range: [首, 末]，首之前的数据作对照",
            "give range: [first, last]; what lies before is in control",
        )
        raise Refused(Fault("settings.range", zh, en, "range", "", file))
    return Settings(options, span)


def _for_each(given: Mapping[str, Any], series: Sequence[str]) -> list[float]:
    """Means by name as means in the order of the series."""
    for name in series:
        value = given.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            refuse_option("mu0", _shown({name: value}), f"写 {name} 的均数", f"give the mean of {name}")
    return [float(given[name]) for name in series]


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)[:60]


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
