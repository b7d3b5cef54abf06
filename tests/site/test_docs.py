"""Documents that must agree with the code, and habits of the house that a reader can count."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from xiaodun.site import command

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "xiaodun"
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
# Tests that stand across rooms: who may see what, a new user's ways, faults that a test must find.
ACROSS = {"access", "journeys", "planted"}
DOMAIN_FLOORS = ("web", "response", "measures", "responsibility")
LINES_AT_MOST = 450
MACHINE_PATH = re.compile(
    "/" + r"(?:root|work|home/[\w.-]+|Users/[\w.-]+)/\w|[A-Z]:\\" + r"(?:Users|Documents)\\"
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def tracked() -> list[Path]:
    """Files of the checkout that belong to it: as git says, or without git all but what a run leaves behind."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    if told.returncode == 0:
        found = [ROOT / name for name in told.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not {".venv", "var", "__pycache__"} & {*path.parts}]
    return [path for path in found if path.is_file()]


def packages(folder: Path) -> set[str]:
    """Names of the rooms right under a folder of the source: packages, and the data of `packs`."""
    return {path.parent.name for path in folder.glob("*/__init__.py")} - {"migrations"} | (
        {"packs"} & {path.name for path in folder.iterdir()}
    )


def floor_plan() -> dict[str, str]:
    """floor -> all that the plan of docs/architecture.md says of it."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    plan = text.split("```", 2)[1]
    floors: dict[str, str] = {}
    for line in plan.splitlines():
        start = re.match(r"  (\w+)/\s+(.*)", line)
        if start:
            floors[start[1]] = start[2]
        elif line.startswith("    ") and floors:
            floors[list(floors)[-1]] += f"   {line.strip()}"
    return floors


def rooms_told(told: str) -> set[str]:
    """First words of the items of a floor, which stand two spaces or more apart."""
    return {match[1] for item in re.split(r"\s{2,}", told) if (match := re.match(r"(\w+)(?:/|$| \()", item))}


def test_the_two_commands_of_the_readme_are_commands() -> None:
    for readme in READMES:
        text = readme.read_text("utf-8")
        assert re.search(r"^\./xiaodun demo\b", text, flags=re.M), readme.name
        assert re.search(r"^\./xiaodun test\b", text, flags=re.M), readme.name
    assert {"demo", "test"} <= set(command.ROOMS)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_of_a_document_exists_with_its_options(document: Path) -> None:
    for line in re.findall(r"^\./xiaodun ([^\n#]*)", document.read_text("utf-8"), flags=re.M):
        verb, *words = line.split()
        assert verb in command.ROOMS or verb == "--version", line
        module = SOURCE.parent / f"{command.ROOMS.get(verb, 'xiaodun.site.command').replace('.', '/')}.py"
        for option in (word.partition("=")[0] for word in words if re.match(r"--\w", word)):
            assert f'"{option}"' in module.read_text("utf-8"), f"{verb} {option}"


def test_floor_plan_names_every_floor_and_no_other() -> None:
    assert set(floor_plan()) == packages(SOURCE)


@pytest.mark.parametrize("floor", DOMAIN_FLOORS)
def test_floor_plan_names_every_room_of_a_floor_and_no_other(floor: str) -> None:
    assert rooms_told(floor_plan()[floor]) == packages(SOURCE / floor)


@pytest.mark.parametrize("floor", sorted(packages(SOURCE) - set(DOMAIN_FLOORS)))
def test_floor_plan_names_the_packages_within_a_floor(floor: str) -> None:
    told = set(re.findall(r"\w+", floor_plan()[floor]))
    assert packages(SOURCE / floor) - told == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_relative_links_lead_somewhere(document: Path) -> None:
    broken = []
    for target in LINK.findall(document.read_text("utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _mark, anchor = target.partition("#")
        path = document.parent / name if name else document
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(target)
    assert broken == []


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            hits = MACHINE_PATH.findall(data.decode("utf-8", errors="replace"))
            found += [f"{path.relative_to(ROOT)}: {hit}" for hit in hits]
    assert found == []


def test_no_written_file_is_longer_than_a_reader_bears() -> None:
    long = {}
    for path in tracked():
        if path.suffix in (".py", ".js", ".css", ".html") and not {"migrations", "vendor"} & {*path.parts}:
            n_lines = len(path.read_text("utf-8").splitlines())
            if n_lines > LINES_AT_MOST:
                long[str(path.relative_to(ROOT))] = n_lines
    assert long == {}


def test_tests_stand_where_their_source_stands() -> None:
    astray = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        room = path.relative_to(ROOT / "tests").parent
        if room.parts[:1] and room.parts[0] not in ACROSS and not (SOURCE / room).is_dir():
            astray.append(str(room / path.name))
    assert astray == []


def test_ours_is_not_a_house_of_odds_and_ends() -> None:
    """A thing has a name or it has no home yet."""
    nameless = {"utils", "helpers", "common", "misc", "services"}
    assert [
        path for path in tracked() if path.stem in nameless or nameless & {*path.relative_to(ROOT).parts}
    ] == []
