"""The one command: exit codes, error lines, and what goes to which stream."""

from __future__ import annotations

import re
import sys
import types
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import xiaodun
from xiaodun.kernel.errors import Fault, Refused
from xiaodun.site import command

ERROR_LINE = re.compile(r"error [a-z_]+(\.[a-z_]+)+ [^:]*:[^:]*: [^\n]*: [^\n]+\n")


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Sequence[str]], object]], None]:
    """Put a room of the test's own behind the word `demo`."""

    def furnish(run: Callable[[Sequence[str]], object]) -> None:
        module = types.ModuleType("furnished_room")
        module.run = run  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "furnished_room", module)
        monkeypatch.setitem(command.ROOMS, "demo", "furnished_room")

    return furnish


def raising(error: BaseException) -> Callable[[Sequence[str]], object]:
    def run(arguments: Sequence[str]) -> object:
        raise error

    return run


@pytest.mark.parametrize(("said", "code"), [(0, 0), (1, 1), (False, 0), (True, 1)])
def test_answer_of_the_room_is_the_exit_code(room, said: object, code: int) -> None:  # type: ignore[no-untyped-def]
    room(lambda arguments: said)
    assert command.main(["demo"]) == code


def test_room_gets_the_words_after_its_name(room) -> None:  # type: ignore[no-untyped-def]
    heard: list[str] = []
    room(heard.extend)
    with pytest.raises(TypeError):  # a room that answers nothing is broken, not done
        command.main(["demo", "--port", "8000", ""])
    assert heard == ["--port", "8000", ""]


def test_refusal_is_2_with_one_line_for_each_fault_on_standard_error(room, capsys, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    faults = [
        Fault("room.first", "一", "mend it", "row 3", "12", "list.csv"),
        Fault("room.second", "二", "mend\nthat", "--to"),
    ]
    room(raising(Refused(*faults)))
    assert command.main(["demo"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "error room.first list.csv:row 3: 12: mend it\nerror room.second :--to: : mend that\n"


@pytest.mark.parametrize(
    ("language", "words"), [("zh_CN.UTF-8", "改正"), ("de_DE.UTF-8", "mend"), ("C", "mend")]
)
def test_remedy_is_in_the_language_of_the_terminal(
    room, capsys, monkeypatch, language: str, words: str
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("LC_ALL", language)
    for name in ("LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    room(raising(Refused(Fault("room.fault", "改正", "mend"))))
    command.main(["demo"])
    assert capsys.readouterr().err.endswith(f": {words}\n")


def test_interruption_is_130_without_a_word(room, capsys) -> None:  # type: ignore[no-untyped-def]
    room(raising(KeyboardInterrupt()))
    assert command.main(["demo"]) == 130
    assert capsys.readouterr() == ("", "")


def test_reader_that_went_away_is_no_traceback(room, capsys) -> None:  # type: ignore[no-untyped-def]
    room(raising(BrokenPipeError()))
    assert command.main(["demo"]) == 141
    assert capsys.readouterr().err == ""


def test_unforeseen_error_is_not_dressed_up(room) -> None:  # type: ignore[no-untyped-def]
    room(raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        command.main(["demo"])


@pytest.mark.parametrize("word", ["fly", "--port", "Demo", "demo "])
def test_unknown_command_is_refused_in_the_common_shape(word: str, capsys) -> None:  # type: ignore[no-untyped-def]
    assert command.main([word]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert ERROR_LINE.fullmatch(said.err)
    assert said.err.startswith(f"error command.unknown :{word}: {word}: ")


@pytest.mark.parametrize("words", [[], ["-h"], ["--help"], ["help"]])
def test_help_goes_to_standard_output(words: list[str], capsys) -> None:  # type: ignore[no-untyped-def]
    assert command.main(words) == 0
    assert capsys.readouterr() == (command.USAGE, "")


def test_version_is_one_line(capsys) -> None:  # type: ignore[no-untyped-def]
    assert command.main(["--version"]) == 0
    assert capsys.readouterr() == (f"{xiaodun.__version__}\n", "")


def test_usage_names_every_room_and_every_room_is_there() -> None:
    told = set(re.findall(r"^  ([a-z]+) ", command.USAGE, flags=re.M))
    assert told == set(command.ROOMS)
    source = Path(command.__file__).parents[2]
    for module in command.ROOMS.values():
        assert (source / f"{module.replace('.', '/')}.py").exists()


@pytest.mark.parametrize("words", [["demo", "--port", "80"], ["rules", "eval", "no-such-file.csv"]])
def test_faults_of_real_rooms_keep_the_shape(words: list[str], capsys) -> None:  # type: ignore[no-untyped-def]
    assert command.main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert all(ERROR_LINE.fullmatch(line) for line in said.err.splitlines(keepends=True))
    assert said.err


@pytest.mark.parametrize("room_name", sorted(command.ROOMS))
def test_every_room_answers_help(room_name: str, capsys) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SystemExit) as ended:
        sys.exit(command.main([room_name, "--help"]))
    assert ended.value.code == 0
    assert "usage" in capsys.readouterr().out
