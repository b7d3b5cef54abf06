"""The launcher `xiaodun`: plain sh, prepares once, again when a lock changes, passes words and exit code on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import xiaodun

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = ROOT / "xiaodun"
SHELLS = [shell for shell in ("sh", "dash", "bash", "busybox") if shutil.which(shell)]

# Stands for uv: makes an environment whose `python` tells its words, and writes down what it was asked for.
FAKE_UV = """#!/bin/sh
echo "uv $*" >>"$ASKED"
[ -z "${UV_FAILS:-}" ] || exit 1
if [ "$1" = venv ]; then
    for folder in "$@"; do :; done
    mkdir -p "$folder/bin"
    cp "$FAKE_PYTHON" "$folder/bin/python"
fi
"""
FAKE_PYTHON = """#!/bin/sh
case "$1" in -c) exit 0 ;; esac
echo "python $* PYTHONPATH=$PYTHONPATH"
exit "${ANSWER:-0}"
"""


class Tree:
    """A copy of the launcher with small locks, a fake uv and a fake Python in front of the path."""

    def __init__(self, folder: Path) -> None:
        self.here = folder / "a checkout"
        self.tools = folder / "tools"
        self.asked = folder / "asked"
        for path in (self.here / "locks", self.tools):
            path.mkdir(parents=True)
        shutil.copy(LAUNCHER, self.here)
        for name in ("run", "test", "uv"):
            (self.here / "locks" / f"{name}.txt").write_text(f"{name} 1\n")
        for name, text in (("uv", FAKE_UV), ("python3", FAKE_PYTHON)):
            (self.tools / name).write_text(text)
            (self.tools / name).chmod(0o755)

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        known = {
            "PATH": f"{self.tools}{os.pathsep}{os.defpath}",
            "ASKED": str(self.asked),
            "FAKE_PYTHON": str(self.tools / "python3"),
        }
        return subprocess.run(
            [str(self.here / "xiaodun"), *words],
            env=known | environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def synced(self) -> list[str]:
        """The lock files that were installed, in order."""
        lines = self.asked.read_text().splitlines() if self.asked.exists() else []
        return [line.rpartition("/")[2] for line in lines if line.startswith("uv pip sync")]

    def change(self, lock: str) -> None:
        with (self.here / "locks" / f"{lock}.txt").open("a") as file:
            file.write("changed\n")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


@pytest.mark.parametrize("shell", SHELLS)
def test_launcher_is_plain_sh(shell: str) -> None:
    words = ["busybox", "sh"] if shell == "busybox" else [shell]
    assert subprocess.run([*words, "-n", str(LAUNCHER)], check=False).returncode == 0
    assert LAUNCHER.read_text().startswith("#!/bin/sh\n")


def test_launcher_and_ci_script_can_be_executed() -> None:
    for path in (LAUNCHER, ROOT / ".ci" / "run"):
        assert os.access(path, os.X_OK)


def test_ci_runs_what_a_newcomer_runs_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    deeds = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert deeds == ["exec ./xiaodun test"]


def test_words_reach_the_command_as_they_are(tree: Tree) -> None:
    answer = tree.run("demo", "--data-dir", "a b", "", "*")
    assert (
        answer.stdout == f"python -m xiaodun.site.command demo --data-dir a b  * PYTHONPATH={tree.here}/src\n"
    )
    assert answer.returncode == 0


@pytest.mark.parametrize("code", [0, 1, 2, 130])
def test_exit_code_of_the_command_is_the_launchers(tree: Tree, code: int) -> None:
    assert tree.run("rules", ANSWER=str(code)).returncode == code


def test_first_run_prepares_and_says_so_on_standard_error_second_does_not(tree: Tree) -> None:
    first, second = tree.run("demo"), tree.run("demo")
    assert "preparing" in first.stderr
    assert "preparing" not in first.stdout
    assert second.stderr == ""
    assert tree.synced() == ["run.txt"]
    assert not (tree.here / ".preparing").is_symlink()


def test_a_changed_lock_is_installed_once_more(tree: Tree) -> None:
    tree.run("demo")
    tree.change("run")
    tree.run("demo")
    tree.run("demo")
    assert tree.synced() == ["run.txt", "run.txt"]


def test_version_and_test_prepare_the_test_set_which_serves_demo_too(tree: Tree) -> None:
    tree.run("--version")
    tree.run("test")
    tree.run("demo")
    assert tree.synced() == ["test.txt"]


def test_demo_does_not_take_the_test_set_away(tree: Tree) -> None:
    tree.run("test")
    tree.change("run")
    tree.change("test")
    tree.run("demo")
    tree.run("test")
    assert tree.synced() == ["test.txt", "test.txt"]


def test_failed_preparation_is_no_preparation(tree: Tree) -> None:
    failed = tree.run("demo", UV_FAILS="1")
    assert failed.returncode != 0
    assert failed.stdout == ""
    assert not (tree.here / ".preparing").is_symlink()
    assert tree.run("demo").returncode == 0
    assert tree.synced() == ["run.txt"]


def test_environment_whose_python_went_away_is_made_anew(tree: Tree) -> None:
    tree.run("demo")
    python = tree.here / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert tree.run("demo").stdout.startswith("python -m ")


def test_lock_of_a_killed_preparation_is_taken_over(tree: Tree) -> None:
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    lock = tree.here / ".preparing"
    lock.symlink_to(str(gone.pid))
    assert tree.run("demo").returncode == 0
    assert not lock.is_symlink()


def test_two_first_runs_at_once_prepare_one_after_the_other(tree: Tree) -> None:
    with_pause = FAKE_UV.replace('if [ "$1" = venv ]', 'sleep 0.3\nif [ "$1" = venv ]')
    (tree.tools / "uv").write_text(with_pause)
    known = {
        "PATH": f"{tree.tools}{os.pathsep}{os.defpath}",
        "ASKED": str(tree.asked),
        "FAKE_PYTHON": str(tree.tools / "python3"),
    }
    both = [
        subprocess.Popen(
            [str(tree.here / "xiaodun"), "demo"],
            env=known,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _n in range(2)
    ]
    assert [one.wait(120) for one in both] == [0, 0]
    assert tree.synced() == ["run.txt"]


def test_without_a_python_it_says_which_one_to_install(tree: Tree) -> None:
    (tree.tools / "python3").write_text("#!/bin/sh\nexit 1\n")
    only_tools = tree.tools.parent / "only"
    only_tools.mkdir()
    for name in ("sh", "dirname", "cmp", "mkdir", "cat", "rm", "cp", "sleep", "kill", "ln", "readlink"):
        found = shutil.which(name)
        if found:
            (only_tools / name).symlink_to(found)
    answer = tree.run("demo", PATH=f"{tree.tools}{os.pathsep}{only_tools}", PYTHON="python3")
    assert answer.returncode == 2
    assert "error setup.python " in answer.stderr
    assert "3.11" in answer.stderr


class TestNoDjango:
    """What the ground's commands load: the command dispatch and the rules know no Django."""

    @pytest.mark.parametrize("words", [["--version"], ["--help"], ["rules", "--help"], ["no-such-room"]])
    def test_command_loads_no_django(self, words: list[str]) -> None:
        loaded = _loaded_after(words)
        assert "xiaodun.site.command" in loaded
        assert {
            name for name in loaded if name.split(".")[0] in ("django", "psycopg", "procrastinate")
        } == set()

    def test_version_is_the_packages(self) -> None:
        words = [sys.executable, "-m", "xiaodun.site.command", "--version"]
        answer = subprocess.run(words, env=_plain(), capture_output=True, text=True, check=True)
        assert answer.stdout == f"{xiaodun.__version__}\n"
        assert answer.stderr == ""


def _plain() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}


def _loaded_after(words: list[str]) -> set[str]:
    code = (
        "import sys, xiaodun.site.command as c\n"
        "try: c.main(sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "print('\\n'.join(['', *sys.modules]))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, *words], env=_plain(), capture_output=True, text=True, check=True
    )
    return set(answer.stdout.splitlines())
