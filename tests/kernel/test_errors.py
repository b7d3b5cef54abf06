"""Faults: the error line of the common contract, and words in two languages."""

import pytest

from xiaodun.kernel.errors import DomainError, Fault, Refused, ShapeError, terminal_language

FAULT = Fault(
    "linelist.bad_date", zh="填日期", en="give a date", where="row 3 column onset", value="soon", file="l.csv"
)


def test_a_fault_prints_as_the_line_of_the_contract():
    assert FAULT.line("en") == "error linelist.bad_date l.csv:row 3 column onset: soon: give a date"
    assert FAULT.line("zh-CN") == "error linelist.bad_date l.csv:row 3 column onset: soon: 填日期"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028"])
def test_a_fault_is_one_line_even_when_the_cell_holds_line_ends(end):
    line = Fault("a.b", zh="改", en="mend", value=f"one{end}two").line("en")
    assert line == "error a.b :: one two: mend"
    assert len(line.splitlines()) == 1


def test_a_refusal_carries_its_faults_in_order_and_the_code_of_the_first():
    second = Fault("linelist.other", zh="", en="")
    refused = Refused(FAULT, second)
    assert refused.faults == (FAULT, second)
    assert refused.code == "linelist.bad_date"


def test_a_refusal_shows_codes_and_places_but_no_values_as_its_text():
    assert str(Refused(FAULT)) == "linelist.bad_date row 3 column onset"


def test_a_refusal_without_a_fault_cannot_be_made():
    with pytest.raises(ValueError, match="at least one fault"):
        Refused()


@pytest.mark.parametrize("kind", [ShapeError, DomainError])
def test_shape_and_domain_errors_are_refusals(kind):
    with pytest.raises(Refused) as caught:
        raise kind(FAULT)
    assert caught.value.code == FAULT.code


@pytest.mark.parametrize(
    ("settings", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_messages_follow_the_terminals_locale(monkeypatch, settings, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert terminal_language() == language
