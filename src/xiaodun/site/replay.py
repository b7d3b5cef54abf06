"""`xiaodun replay`: live through a line list day by day and write down what the system would have said and when."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

from xiaodun.kernel.calendar import local_day
from xiaodun.kernel.errors import Fault, Refused, terminal_language
from xiaodun.kernel.output import csv_text, write_text
from xiaodun.response.replay.line import COLUMNS, Line
from xiaodun.response.replay.script import SchoolScript, n_merged, unread_columns, write_script
from xiaodun.rules.evaluate import is_judged
from xiaodun.rules.layers import in_force
from xiaodun.rules.linelist import read_rows
from xiaodun.rules.packs import shipped
from xiaodun.site.children import stopping_on_signals
from xiaodun.site.ground import database, django_environment, prepare

DONE, INTERRUPTED = 0, 130


@dataclass(frozen=True, slots=True)
class Options:
    file: Path
    school: str | None
    day_one: date | None
    on: tuple[str, ...]
    out: str | None
    data_dir: Path


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        usage = " ".join(self.format_usage().split()).removeprefix("usage: ")
        raise Refused(Fault("command.usage", usage, usage, "arguments", message))


def run(arguments: Sequence[str]) -> int:
    """Read, refuse or play, write. 130 with the days played so far when interrupted; a school then keeps nothing."""
    options = _options(arguments)
    rows = read_rows(options.file, day_one=options.day_one)
    scripts = write_script(rows, options.file.name)
    _check_before(options, scripts)
    _say_what_is_not_played(scripts, unread_columns(rows), options.on)
    if not scripts:
        _write(options.out, [])
        return DONE
    with stopping_on_signals(), _ground(options):
        return _play(options, scripts)


def _play(options: Options, scripts: Sequence[SchoolScript]) -> int:
    """Play in one transaction, kept only in a school that was named, and only after the timeline was written."""
    from django.db import transaction

    lines: list[Line] = []
    try:
        with transaction.atomic():
            for played in _days(options, scripts):
                lines += played
            _write(options.out, lines)
            transaction.set_rollback(options.school is None)
    except KeyboardInterrupt:
        _write(options.out, lines)
        return INTERRUPTED
    n = sum(line.kind == "signal" for line in lines)
    _say(f"{len(lines)} 行，规则成立 {n} 次", f"{len(lines)} rows, {n} times a rule began to hold")
    return DONE


def _days(options: Options, scripts: Sequence[SchoolScript]) -> Iterator[tuple[Line, ...]]:
    from django.conf import settings

    from xiaodun.response.replay.play import play
    from xiaodun.response.replay.school import found_schools, furnish, school_of_code

    if options.school is None:
        stands = found_schools(scripts)
    else:
        school = school_of_code(options.school, demo=settings.DEMO)
        stands = [furnish(school, scripts[0], reporter=False)]
    return play(stands, on=options.on)


@contextmanager
def _ground(options: Options) -> Iterator[None]:
    """Django on the database of this replay: a temporary one, or the configured one.

    Without a school nothing is kept: an embedded server in a folder that is removed, or, where DATABASE_URL names
    a database, a transaction that is rolled back. With one it is that of DATABASE_URL or of the demo.
    """
    if os.environ.get("DATABASE_URL"):
        _say_where(options, "DATABASE_URL")
        _set_up(dict(os.environ))
        yield
    elif options.school is not None:
        if not (options.data_dir / "pg").is_dir():
            zh, en = (
                "先运行 ./xiaodun demo，或设 DATABASE_URL",
                "run ./xiaodun demo first, or set DATABASE_URL",
            )
            raise Refused(Fault("replay.no_database", zh, en, "--data-dir", str(options.data_dir)))
        _say_where(options, str(options.data_dir))
        with database(options.data_dir) as found, _connected(_demo(options.data_dir, found)):
            yield
    else:
        _say("使用临时数据库，结束后删除", "in a temporary database, removed at the end")
        with tempfile.TemporaryDirectory(prefix="xiaodun-replay-") as name:
            folder = Path(name)
            folder.chmod(0o755)  # the database runs under an account of its own
            with database(folder, durable=False) as found:
                environment = django_environment(folder, found)
                prepare(folder, environment)
                with _connected(environment):
                    yield


def _demo(folder: Path, found: dict[str, str]) -> dict[str, str]:
    return django_environment(folder, found) | {"XIAODUN_DEMO": "1"}


@contextmanager
def _connected(environment: dict[str, str]) -> Iterator[None]:
    """Let go of the connection before the server stops, which waits for nobody."""
    _set_up(environment)
    from django.db import connections

    try:
        yield
    finally:
        connections.close_all()


def _set_up(environment: dict[str, str]) -> None:
    os.environ.update({"DJANGO_SETTINGS_MODULE": "xiaodun.site.settings"} | environment)
    import django
    from django.db import DatabaseError

    django.setup()
    from xiaodun.responsibility.orgs.models import Org

    try:
        Org.objects.exists()
    except DatabaseError as error:
        zh = "数据库连不上或没有建表；先准备好，或去掉 DATABASE_URL 用临时数据库"
        en = "the database does not answer or has no tables; prepare it, or unset DATABASE_URL"
        name = type(error).__name__
        raise Refused(Fault("replay.database", zh, en, "DATABASE_URL", name, "environment")) from error


def _options(arguments: Sequence[str]) -> Options:
    parser = _Parser(
        prog="xiaodun replay", description="Live through a line list day by day 按天回放一份病例清单"
    )
    parser.add_argument("file", metavar="FILE.csv", help="columns as for rules eval; docs/replay.md")
    parser.add_argument(
        "--school", metavar="CODE", help="enter it into this school of the database, and keep it"
    )
    parser.add_argument(
        "--day-one", type=_date, metavar="DATE", help="the day columns hold numbers, 1 = this date"
    )
    parser.add_argument("--on", metavar="ID,ID", default="", help="rules to switch on besides those in force")
    parser.add_argument("--out", metavar="TIMELINE.csv", help="file to write; - or absent: standard output")
    parser.add_argument(
        "--data-dir", type=Path, default=Path("var/demo"), help="with --school: the demo's data"
    )
    found = parser.parse_args(list(arguments))
    on = tuple(name for name in found.on.split(",") if name)
    return Options(Path(found.file), found.school, found.day_one, on, found.out, found.data_dir.resolve())


def _date(text: str) -> date:
    try:
        if len(text) != 10:  # fromisoformat also reads 20260901 and week dates, which the contract does not
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: write a date such as 2026-09-01") from None


def _check_before(options: Options, scripts: Sequence[SchoolScript]) -> None:
    """Refuse what can be seen without a database."""
    days = [day for script in scripts for day in script.days()]
    today = local_day(datetime.now(UTC))
    in_force(shipped(), min(days, default=today), options.on)
    if options.school is None:
        return
    if len(scripts) > 1:
        zh, en = "--school 一次只收一所学校的清单", "--school takes the list of one school"
        raise Refused(Fault("replay.schools", zh, en, "column school", scripts[1].value, options.file.name))
    if days and max(days) > today:
        zh = "库里的学校不收未来的日子；改 --day-one，或不用 --school"
        en = "a school takes no days to come; change --day-one, or leave --school out"
        raise Refused(Fault("replay.future", zh, en, "--school", max(days).isoformat(), options.file.name))


def _say_what_is_not_played(
    scripts: Sequence[SchoolScript], unread: Mapping[str, int], on: Sequence[str]
) -> None:
    """Silence about what was left out would look like an answer."""
    for name, n in sorted(unread.items()):
        _say(f"{n} 行有 {name}，回放不录入", f"{n} rows have {name}, which a replay does not enter")
    for rule in in_force(shipped(), date.max, on) if on else ():
        if rule.id in on and not (is_judged(rule) and rule.scope in ("person", "class", "grade", "school")):
            _say(
                f"{rule.id} 不由回放判定（{rule.scope}）",
                f"{rule.id} is not judged by a replay ({rule.scope})",
            )
    merged = sum(n_merged(script) for script in scripts)
    if merged:
        _say(
            f"{merged} 行并入同一人尚未结束的前一次患病",
            f"{merged} rows were read as later facts of an illness that had not ended",
        )
    unsized = sum(room.size is None for script in scripts for room in script.classes)
    if unsized:
        _say(
            f"{unsized} 个班没有 class_size，不判罹患率",
            f"{unsized} classes without class_size: their attack rates are not judged",
        )


def _say_where(options: Options, place: str) -> None:
    if options.school is None:
        _say(
            f"在 {place} 的一个事务中进行，结束时撤回",
            f"in one transaction of {place}, rolled back at the end",
        )
    else:
        _say(
            f"写入 {place} 中学校 {options.school} 并保留",
            f"entering into school {options.school} of {place}; the rows stay",
        )


def _write(out: str | None, lines: Sequence[Line]) -> None:
    try:
        write_text(out, csv_text(COLUMNS, [line.cells() for line in lines]))
    except BrokenPipeError:
        raise
    except OSError as error:
        zh, en = "换一个可写的位置", "name a place that can be written"
        raise Refused(
            Fault("command.not_written", zh, en, "--out", type(error).__name__, str(out))
        ) from error


def _say(zh: str, en: str) -> None:
    print(zh if terminal_language() == "zh" else en, file=sys.stderr, flush=True)
