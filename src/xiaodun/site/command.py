"""The `xiaodun` command: finds the room that answers and hands it the arguments. Nothing is imported before it is needed."""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Sequence

from xiaodun import __version__
from xiaodun.kernel.errors import Refused, terminal_language

# verb -> module with `run(arguments) -> exit code`. `rules` and `science` never load Django.
ROOMS = {
    "demo": "xiaodun.site.demo",
    "test": "xiaodun.site.testing",
    "rules": "xiaodun.rules.command",
    "replay": "xiaodun.site.replay",
    "science": "xiaodun.science.command",
}

USAGE = """usage: xiaodun COMMAND ...

  demo [--port N] [--data-dir DIR]   a synthetic county on this machine, with every role to try
  test [--all] [-- PYTEST ARGS]      all checks and tests
  rules eval LINELIST.csv --out OUT  judge a line list by the rule packs
  replay LINELIST.csv --out TIMELINE live through a line list day by day
  science VERB ... --out OUT         outbreaks in time series, and more; science --help
  --version                          print the version

Every command answers --help.
"""

DONE, NO, REFUSED, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 the answer is no, 2 refused, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["--version"]:
        print(__version__)
        return DONE
    if not words or words[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return DONE
    if words[0] not in ROOMS:
        print(f"error command.unknown :{words[0]}: {words[0]}: xiaodun --help", file=sys.stderr)
        return REFUSED
    return _run(words[0], words[1:])


def _run(room: str, arguments: Sequence[str]) -> int:
    try:
        return int(importlib.import_module(ROOMS[room]).run(arguments))
    except Refused as refused:
        for fault in refused.faults:
            print(fault.line(terminal_language()), file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return 128 + signal.SIGPIPE


if __name__ == "__main__":
    sys.exit(main())
