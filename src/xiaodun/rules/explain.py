"""Says an answer in words: a title, and one sentence with clause, window, cases, threshold and source.

Speaks of places and numbers, never of persons. Counter-evidence is not known here: the page puts it beside
these words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xiaodun.kernel.words import diagnosis, symptom, syndrome
from xiaodun.rules.evaluate import Answer
from xiaodun.rules.rule import COUNT_UNITS, Row, Rule
from xiaodun.rules.windows import WindowCount
from xiaodun.rules.wording import SCOPE_WORDS, grade_word, pick

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Diagnoses are counted in cases (例); anything that no doctor named is counted in persons (人).
DIAGNOSED = frozenset({"diagnosis", "any_diagnosis", "confirmed_influenza"})


@dataclass(frozen=True, slots=True)
class Explanation:
    """Lines of the page 为什么报, each complete by itself; `sentence` is all of them in one."""

    title: str
    clause: str
    window: str
    cases: str
    source: str
    grade: str
    sentence: str


def explain(answer: Answer, language: str, *, place: str) -> Explanation:
    """The words of an answer. `place` is how its reader calls the scope: a class name or a school."""
    rule = answer.rule
    lines = {
        "title": title(rule, answer.found, place, language),
        "clause": clause(rule, language),
        "window": window_words(answer.found, rule, language),
        "cases": reached(rule, answer.found, language),
        "source": source_words(rule, language),
        "grade": grade_word(rule).words(language),
    }
    if _zh(language):
        sentence = (
            f"{lines['window']}，{place}{_counted(rule, answer.found, language)}，"
            f"{_limit(rule, language)}"
            f"（{lines['clause']}；{lines['source']}，{lines['grade']}）。"
        )
    else:
        sentence = (
            f"{place}, {lines['window']}: {_counted(rule, answer.found, language)}, "
            f"{_limit(rule, language)} "
            f"({lines['clause']}; {lines['source']}, {lines['grade']})."
        )
    return Explanation(**lines, sentence=sentence)


def title(rule: Rule, found: WindowCount, place: str, language: str) -> str:
    """`四(1)班 3天内6人呕吐或腹泻`; also for the window of window_now, so that the title grows."""
    counted = _counted(rule, found, language)
    if rule.rate_of == "current" and not _by_number(rule, found):
        return f"{place} {counted}" if _zh(language) else f"{place}: {counted}"
    days = (found.last - found.first).days + 1
    if _zh(language):
        return f"{place} {days}天内{counted}"
    return f"{place}: {counted} in {_days(days)}"


def clause(rule: Rule, language: str) -> str:
    """The rule itself: `同一班级，连续3天内5例以上相似症状`."""
    scope = pick(SCOPE_WORDS[rule.scope], language)
    what = _what(rule, language, in_clause=True)
    if rule.is_qualitative:
        return f"{scope}，{what}，须评估" if _zh(language) else f"{scope}: {what}, by assessment"
    days = rule.window_days or 1
    current = rule.rate_of == "current"
    limit = _asked(rule, language)
    if _zh(language):
        window = "现有" if current else f"{'1天' if days == 1 else f'连续{days}天'}内"
        return f"{scope}，{window}{limit}{what}"
    window = "at one time" if current else f"within {_days(days, consecutive=True)}"
    return f"{scope}: {limit} {_link(rule)} {what} {window}"


def window_words(found: WindowCount, rule: Rule, language: str) -> str:
    """`2026年11月21日至23日，3个自然日`."""
    days = (found.last - found.first).days + 1
    span = span_words(found.first, found.last, language)
    if rule.rate_of == "current" and not _by_number(rule, found):
        return f"{span}当日" if _zh(language) else f"on {span}"
    return f"{span}，{days}个自然日" if _zh(language) else f"{span}, {_days(days, calendar=True)}"


def reached(rule: Rule, found: WindowCount, language: str) -> str:
    """`6人，达到5例`."""
    comma = "，" if _zh(language) else ", "
    return f"{_amount(rule, found, language)}{comma}{_limit(rule, language)}"


def source_words(rule: Row, language: str) -> str:
    """Titles of the documents; official titles stay Chinese, with an English gloss."""
    if _zh(language):
        return "、".join(source.title for source in rule.sources)
    return "; ".join(f"{source.title} ({source.title_en})" for source in rule.sources)


def span_words(first: date, last: date, language: str) -> str:
    """`2026年11月21日至23日`; parts that repeat are said once."""
    if _zh(language):
        start = f"{first.year}年{first.month}月{first.day}日"
        if first == last:
            return start
        year = f"{last.year}年" if last.year != first.year else ""
        month = f"{last.month}月" if year or last.month != first.month else ""
        return f"{start}至{year}{month}{last.day}日"
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return end
    month = f" {MONTHS[first.month - 1]}" if (first.year, first.month) != (last.year, last.month) else ""
    year = f" {first.year}" if first.year != last.year else ""
    joint = " – " if month else "–"
    return f"{first.day}{month}{year}{joint}{end}"


def _zh(language: str) -> bool:
    return language.startswith("zh")


def _counted(rule: Rule, found: WindowCount, language: str) -> str:
    """`6人呕吐或腹泻`, `2例手足口病`, `3个班各有2例以上手足口病`, `12人有流感样症状，占在册30.0%`."""
    amount, what = _amount(rule, found, language), _group_words(rule, found.group, language)
    link = "of" if rule.count_unit else _link(rule)
    words = f"{amount}{what}" if _zh(language) else f"{amount} {link} {what}"
    if found.rate is None or _by_number(rule, found):
        return words
    share = f"{found.rate * 100:.1f}%"
    return f"{words}，占在册{share}" if _zh(language) else f"{words}, {share} of the class roll"


def _by_number(rule: Rule, found: WindowCount) -> bool:
    """True where the number of cases was reached, so that the share of the roll need not be told."""
    return rule.count is not None and found.count >= rule.count


def _amount(rule: Rule, found: WindowCount, language: str) -> str:
    if rule.count_unit is not None:
        least = COUNT_UNITS[rule.count_unit]
        if _zh(language):
            return f"{found.count}个班各有{least}例以上"
        classes = "class" if found.count == 1 else "classes"
        return f"{found.count} {classes} with {least} or more cases"
    if _zh(language):
        return f"{found.count}{'例' if rule.kind in DIAGNOSED else '人'}"
    one, many = ("case", "cases") if rule.kind in DIAGNOSED else ("person", "persons")
    return f"{found.count} {one if found.count == 1 else many}"


def _limit(rule: Rule, language: str) -> str:
    """The number or share as it was reached: `达到5例`."""
    parts = _parts(rule, language)
    return f"达到{'或'.join(parts)}" if _zh(language) else f"threshold {' or '.join(parts)}"


def _asked(rule: Rule, language: str) -> str:
    """The number or share as a clause asks for it: `5例以上`."""
    parts = _parts(rule, language)
    if rule.count_max is not None:
        return " or ".join(parts)
    if _zh(language):
        return "或".join(f"{part}以上" for part in parts)
    return " or ".join(part.replace(" ", " or more ", 1) for part in parts)


def _parts(rule: Rule, language: str) -> list[str]:
    share = None if rule.attack_rate is None else f"{rule.attack_rate * 100:g}%"
    span = f"{rule.count}" if rule.count_max is None else f"{rule.count}至{rule.count_max}"
    if _zh(language):
        unit = "个班" if rule.count_unit else "例"
        parts = [f"{span}{unit}", f"在册人数{share}"]
    else:
        things = "classes" if rule.count_unit else "cases"
        parts = [f"{span.replace('至', ' to ')} {things}", f"{share} of the class roll"]
    return [part for part, number in zip(parts, (rule.count, share), strict=True) if number is not None]


def _group_words(rule: Rule, group: str, language: str) -> str:
    if group.startswith("exposure:"):
        return (
            "身体不适，有共同用餐或饮水史"
            if _zh(language)
            else "symptoms after a shared meal or shared water"
        )
    return syndrome(group).words(language) if group else _what(rule, language)


def _what(rule: Rule, language: str, *, in_clause: bool = False) -> str:
    """What the rule counts, from its data."""
    predicate = rule.predicate
    if predicate.kind == "symptom":
        words = [symptom(code).words(language) for code in predicate.symptoms_any]
    elif predicate.kind == "diagnosis":
        words = [diagnosis(code).words(language) for code in predicate.diagnoses]
    else:
        words = [pick(_KIND_WORDS.get(predicate.kind, (rule.words, rule.words_en)), language)]
    said = ("或" if _zh(language) else " or ").join(words)
    outcome = pick(_OUTCOME_WORDS.get(predicate.outcome_any, ("", "")), language)
    has = "有" if predicate.kind == "ili" and _zh(language) and not in_clause else ""
    return f"{has}{said}{outcome}"


def _link(rule: Rule) -> str:
    """Cases are of a disease; persons, and cases that no doctor named, are with symptoms."""
    return "of" if rule.kind in DIAGNOSED else "with"


_KIND_WORDS = {
    "similar_symptoms": ("相似症状", "similar symptoms"),
    "ili": ("流感样症状", "influenza-like illness"),
    "confirmed_influenza": ("实验室确诊流感", "laboratory-confirmed influenza"),
    "any_diagnosis": ("传染病或疑似传染病", "a known or suspected infectious disease"),
}

_OUTCOME_WORDS = {
    ("died",): ("，死亡", " (died)"),
    ("hospital",): ("，住院", " (in hospital)"),
    ("hospital", "died"): ("，住院或死亡", " (in hospital or died)"),
}


def _days(days: int, *, consecutive: bool = False, calendar: bool = False) -> str:
    if days == 1:
        return "1 calendar day" if calendar else "1 day"
    return f"{days} {'consecutive ' if consecutive else 'calendar ' if calendar else ''}days"
