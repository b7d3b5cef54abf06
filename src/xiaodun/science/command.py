"""`xiaodun science`: the numeric rooms from the command line. No database, no Django; files in, files out."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import NoReturn

from xiaodun.kernel.errors import Fault, Refused

METHODS = (
    "ears-c1", "ears-c2", "ears-c3", "farrington-flexible", "cusum", "bayes", "rki",
    "glr-poisson", "glr-nb", "outbreakp",
)  # fmt: skip


class _Parser(argparse.ArgumentParser):
    """Refuses in the words of the common contract instead of argparse's own."""

    def error(self, message: str) -> NoReturn:
        usage = " ".join(self.format_usage().split()).removeprefix("usage: ")
        raise Refused(Fault("command.usage", usage, usage, "arguments", message))


def run(arguments: Sequence[str]) -> int:
    """One verb of `xiaodun science`; returns the exit code. Refused before anything is written."""
    found = _parser().parse_args(list(arguments))
    verb: Callable[[argparse.Namespace], int] = found.verb
    return verb(found)


def _parser() -> _Parser:
    parser = _Parser(prog="xiaodun science", description="epidemiology on files: arrays in, arrays out")
    verbs = parser.add_subparsers(required=True, parser_class=_Parser, metavar="VERB")
    _add_detect(verbs)
    return parser


def _add_detect(verbs: argparse._SubParsersAction[_Parser]) -> None:
    words = "judge time series of counts: which day or week is unusual; docs/detection.md"
    detect = verbs.add_parser("detect", help="find outbreaks in time series of counts", description=words)
    detect.add_argument(
        "series", metavar="SERIES.csv", help="columns series, t (1, 2, ...), y (empty = no report)"
    )
    detect.add_argument("--method", required=True, choices=METHODS, metavar="METHOD", help=" ".join(METHODS))
    detect.add_argument("--settings", metavar="S.json", help="settings of the method, and range")
    _add_out(detect)
    detect.add_argument("--plot", metavar="FILE", help="a picture besides: FILE.png or FILE.html")
    detect.set_defaults(verb=_detect)


def _add_out(verb: _Parser) -> None:
    verb.add_argument("--out", metavar="OUT.csv", help="file to write; - or absent: standard output")


# Imported when asked for: reading numba and scipy takes a second that --help need not wait.
def _detect(found: argparse.Namespace) -> int:
    from xiaodun.science.command_detect import detect_file

    return detect_file(found.series, found.method, found.settings, found.out, found.plot)
