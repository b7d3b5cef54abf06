"""`xiaodun test`: every check and every test, on a throw-away database; ends in pytest's summary line."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from xiaodun.site.children import run_to_end, stopping_on_signals
from xiaodun.site.ground import database, django_environment

ROOT = Path(__file__).resolve().parents[3]
GROUND = ["kernel", "rules", "shards", "science"]  # rooms that must work without Django
GROUND_TESTS = [f"tests/{room}" for room in GROUND]
WORKERS = os.environ.get("XIAODUN_TEST_WORKERS", "auto")
# Imports every module of the ground; fails where Django could be found.
ALONE = f"""
import importlib, importlib.util, pkgutil, sys
for room in {GROUND}:
    package = importlib.import_module(f"xiaodun.{{room}}")
    for module in pkgutil.walk_packages(package.__path__, f"xiaodun.{{room}}."):
        importlib.import_module(module.name)
sys.exit(importlib.util.find_spec("django") is not None)
"""
APT = ["apt-get", "-o", "DPkg::Lock::Timeout=300"]


def run(arguments: Sequence[str]) -> int:
    """Run the checks, then the ground's tests without Django, then all tests. Exit 0 only if every one passed."""
    parser = argparse.ArgumentParser(prog="xiaodun test", description="All checks and tests 全部检查和测试")
    parser.add_argument("--all", action="store_true", help="with the long ones: kill -9, soak")
    parser.add_argument("--quick", action="store_true", help="pytest only, without the checks")
    parser.add_argument("pytest", nargs="*", help="after --: arguments for pytest")
    options = parser.parse_args(arguments)
    with stopping_on_signals():
        failed = [] if options.quick else _checks(_asked(options))
        _browser()
        failed += _pytest(options)
    for name in failed:
        print(f"failed: {name}", file=sys.stderr)
    return 1 if failed else 0


def _asked(options: argparse.Namespace) -> dict[str, str]:
    """What the tests read of the command line."""
    return {"XIAODUN_ALL_TESTS": "1" if options.all else "0"}


def _checks(asked: dict[str, str]) -> list[str]:
    """The checks that need no database; the names of those that failed."""
    python = [sys.executable, "-m"]
    checks = {
        "ruff check": [*python, "ruff", "check", "."],
        "ruff format": [*python, "ruff", "format", "--check", "."],
        "mypy": [*python, "mypy"],
        "lint-imports": [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
    }
    failed = [name for name, words in checks.items() if not _passes(name, words)]
    return failed + ([] if _science_alone(asked) else ["the ground without Django"])


def _science_alone(asked: dict[str, str]) -> bool:
    """Import and test kernel, rules, shards and science where only the science set is installed."""
    venv = ROOT / ".venv" / "science"
    python = venv / "bin" / "python"
    lock = ROOT / "locks" / "science-test.txt"
    stamp = venv / "installed"
    uv = [sys.executable, "-m", "uv"]
    if not stamp.exists() or stamp.read_text() != lock.read_text():
        made = subprocess.run(
            [*uv, "venv", "-q", "--clear", "--python", sys.executable, str(venv)], check=False
        )
        sync = [
            *uv,
            "pip",
            "sync",
            "-q",
            "--require-hashes",
            "--python",
            str(python),
            str(ROOT / "locks" / "science.txt"),
        ]
        if (
            made.returncode
            or not _passes("science set", sync)
            or not _passes("import alone", [str(python), "-c", ALONE])
        ):
            return False
        if not _passes(
            "test tools", [*uv, "pip", "sync", "-q", "--require-hashes", "--python", str(python), str(lock)]
        ):
            return False
        stamp.write_text(lock.read_text())
    return _passes(
        "the ground without Django",
        [str(python), "-m", "pytest", "-n", WORKERS, "--dist=loadgroup", *GROUND_TESTS],
        {**os.environ, **asked},
    )


def _pytest(options: argparse.Namespace) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="xiaodun-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database runs under an account of its own
        with database(folder, durable=False) as found:
            environment = django_environment(folder, found) | _asked(options)
            # The ground has been tested by itself, in the set of a newcomer to the science.
            tested = (
                [] if options.quick or options.pytest else [f"--ignore={tests}" for tests in GROUND_TESTS]
            )
            words = [
                sys.executable,
                "-m",
                "pytest",
                "-n",
                WORKERS,
                "--dist=loadgroup",  # the journeys share one demo and one browser
                *tested,
                *options.pytest,
            ]
            return [] if _passes("pytest", words, environment) else ["pytest"]


def _passes(name: str, words: Sequence[str], environment: dict[str, str] | None = None) -> bool:
    print(f"== {name}", file=sys.stderr, flush=True)
    return run_to_end(words, cwd=ROOT, environment=environment) == 0


def _browser() -> None:
    """A browser and a Chinese font: through apt where we are root and have it; else its tests are skipped, loudly."""
    has_browser = any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    fonts = (
        subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout
        if shutil.which("fc-list")
        else b""
    )
    if (has_browser and fonts) or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    _passes("apt-get update", [*APT, "update", "-qq"])
    _passes(
        "browser and font",
        [*APT, "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
    )
