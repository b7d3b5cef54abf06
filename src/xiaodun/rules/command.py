"""`xiaodun rules`: judge a line list by the rule packs, or list the rules. No database, no Django."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NoReturn

from xiaodun.kernel.calendar import local_day
from xiaodun.kernel.errors import Fault, Refused, terminal_language
from xiaodun.kernel.output import csv_text, write_text
from xiaodun.rules.criterion import Criterion, ReturnPack
from xiaodun.rules.evaluate import evaluate, is_judged
from xiaodun.rules.kinds import DOCTOR_ONLY
from xiaodun.rules.layers import in_force, rows_in_force
from xiaodun.rules.linelist import Case, read_linelist
from xiaodun.rules.packs import read_packs, shipped
from xiaodun.rules.return_packs import read_returns, shipped_returns
from xiaodun.rules.return_words import criterion_words, illness_words
from xiaodun.rules.rule import AREA_SCOPES, Pack, Row, Rule
from xiaodun.rules.wording import grade_word

DONE = 0

EVAL_COLUMNS = ("rule", "scope", "scope_id", "first_true_on", "detected_on", "cases")

LIST_COLUMNS = (
    "rule", "on", "status", "kind", "scope", "window_days", "count", "attack_rate", "level",
    "time_limit_hours", "effective_from", "effective_to", "layer", "pack", "version", "checked",
    "words", "words_en",
)  # fmt: skip

# Why the command passes a rule over -> Chinese, English.
SKIPPED = {
    "area": ("县、乡、市范围", "of a county, township or city"),
    "qualitative": ("定性", "qualitative"),
    "judgement": ("须由人判断", "needing a person's judgement"),
}


class _Parser(argparse.ArgumentParser):
    """Refuses in the words of the common contract instead of argparse's own."""

    def error(self, message: str) -> NoReturn:
        usage = " ".join(self.format_usage().split()).removeprefix("usage: ")
        raise Refused(Fault("command.usage", usage, usage, "arguments", message))


def run(arguments: Sequence[str]) -> int:
    """`rules eval` or `rules list`; returns the exit code.

    Refused for anything wrong, before anything is written.
    """
    found = _parser().parse_args(list(arguments))
    packs = shipped() if found.packs is None else read_packs(Path(found.packs))
    as_of = found.as_of or local_day(datetime.now(UTC))
    on = tuple(name for name in (found.on or "").split(",") if name)
    if found.verb == "list":
        return _list(packs, _returns(found.packs), as_of, on, found.out)
    rules = in_force(packs, as_of, on)
    return _eval(read_linelist(Path(found.linelist)), rules, found.out)


def skipped(rule: Rule) -> str:
    """Why a line list cannot decide this rule (a key of SKIPPED), or "" when it can."""
    if rule.scope in AREA_SCOPES:
        return "area"
    if rule.is_qualitative:
        return "qualitative"
    return "" if is_judged(rule) and rule.kind not in DOCTOR_ONLY else "judgement"


def _parser() -> _Parser:
    parser = _Parser(prog="xiaodun rules", description="judge a line list by the rule packs")
    verbs = parser.add_subparsers(dest="verb", required=True, parser_class=_Parser, metavar="eval | list")
    eval_ = verbs.add_parser(
        "eval", help="judge a line list", description="judge a line list by the rule packs"
    )
    eval_.add_argument(
        "linelist", metavar="LINELIST.csv", help="columns person, klass, onset and more; docs/rules.md"
    )
    list_ = verbs.add_parser(
        "list", help="the rules and whether they are on", description="the rules of the packs"
    )
    for each in (eval_, list_):
        each.add_argument("--packs", metavar="DIR", help="rule packs to read instead of the shipped ones")
        each.add_argument("--as-of", type=_date, metavar="DATE", help="versions in force on this day (today)")
        each.add_argument("--on", metavar="ID,ID", help="rules to switch on besides those in force")
        each.add_argument("--out", metavar="OUT.csv", help="file to write; - or absent: standard output")
    return parser


def _date(text: str) -> date:
    try:
        if len(text) != 10:  # fromisoformat also reads 20260901 and week dates, which the contract does not
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text}: write a date such as 2026-09-01") from None


def _eval(cases: Sequence[Case], rules: Sequence[Rule], out: str | None) -> int:
    passed = Counter(skipped(rule) for rule in rules if rule.kind != "authority")
    judged = [rule for rule in rules if not skipped(rule)]
    answers = evaluate(cases, judged)
    rows = [
        (each.rule.id, each.scope, each.scope_id, each.first_true_on, each.detected_on, len(each.persons))
        for each in answers
    ]
    _write(out, EVAL_COLUMNS, rows)
    _say(
        f"{len(cases)} 行，按 {len(judged)} 条规则判定，{len(rows)} 条成立",
        f"{len(cases)} rows judged by {len(judged)} rules, {len(rows)} hold",
    )
    _say(
        f"跳过 {sum(passed[why] for why in SKIPPED)} 条规则："
        + "，".join(f"{zh} {passed[why]}" for why, (zh, _) in SKIPPED.items()),
        f"skipped {sum(passed[why] for why in SKIPPED)} rules: "
        + ", ".join(f"{passed[why]} {en}" for why, (_, en) in SKIPPED.items()),
    )
    _say_unsized(cases, judged)
    return DONE


def _say_unsized(cases: Sequence[Case], judged: Sequence[Rule]) -> None:
    """A share of a class needs its roll: silence about classes without one would look like an answer."""
    sized = {case.scope_id("class") for case in cases if case.class_size is not None}
    unsized = {case.scope_id("class") for case in cases} - sized
    if unsized and any(rule.attack_rate is not None for rule in judged):
        _say(
            f"{len(unsized)} 个班没有 class_size，未判罹患率",
            f"{len(unsized)} classes without class_size: their attack rates were not judged",
        )


def _returns(packs: str | None) -> tuple[ReturnPack, ...]:
    """The return criteria beside the rules; a directory of rules alone has none."""
    if packs is None:
        return shipped_returns()
    folder = Path(packs) / "returns"
    return read_returns(folder) if folder.is_dir() else ()


def _list(
    packs: Sequence[Pack],
    returns: Sequence[ReturnPack],
    as_of: date,
    on: Sequence[str],
    out: str | None,
) -> int:
    rules = [rule for pack in packs for rule in pack.rules]
    criteria = [row for pack in returns for row in pack.criteria]
    listed: list[Row] = [*rules, *criteria]
    on_rows = {each.version + each.id for each in rows_in_force(listed, as_of, on)}
    rows = [_rule_line(rule, on_rows) for rule in rules]
    _write(out, LIST_COLUMNS, rows + [_return_line(row, on_rows) for row in criteria])
    return DONE


def _rule_line(rule: Rule, on: set[str]) -> tuple[object, ...]:
    return (
        rule.id, rule.version + rule.id in on, rule.status, rule.kind, rule.scope,
        rule.window_days, rule.count, rule.attack_rate, rule.level, rule.time_limit_hours,
        rule.effective_from, rule.effective_to, rule.layer, rule.pack, rule.version,
        grade_word(rule).words(terminal_language()), rule.words, rule.words_en,
    )  # fmt: skip


def _return_line(row: Criterion, on: set[str]) -> tuple[object, ...]:
    """A criterion of return in the columns of the rules; what it asks for stands in its words."""
    return (
        row.id, row.version + row.id in on, row.status, "return", "person",
        None, None, None, None, None,
        row.effective_from, row.effective_to, row.layer, row.pack, row.version,
        grade_word(row).words(terminal_language()),
        f"{illness_words(row, 'zh')}：{criterion_words(row, 'zh')}",
        f"{illness_words(row, 'en')}: {criterion_words(row, 'en')}",
    )  # fmt: skip


def _write(out: str | None, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    try:
        write_text(out, csv_text(columns, rows))
    except BrokenPipeError:
        raise
    except OSError as error:
        zh, en = "换一个可写的位置", "name a place that can be written"
        raise Refused(
            Fault("command.not_written", zh, en, "--out", type(error).__name__, str(out))
        ) from error


def _say(zh: str, en: str) -> None:
    print(zh if terminal_language() == "zh" else en, file=sys.stderr)
