"""A thousand damaged files: each is read or refused, none breaks the reader."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests.foundation.sheets.measured import PLACE, check_harmless, read
from tests.foundation.sheets.mutants import mutant

from xiaodun.foundation.sheets import reading
from xiaodun.foundation.sheets.child import TOO_LITTLE_MEMORY
from xiaodun.foundation.sheets.limits import MEMORY
from xiaodun.foundation.sheets.wording import WORDS

CROWD = Path(__file__).with_name("crowd.py")
TREE = Path(reading.__file__).parents[3]
PACKAGES = reading.command("", max_rows=1, max_columns=1)[-4]


def crowd(seeds: range) -> list[tuple[int, int, str]]:
    sent = b"".join(
        f"{suffix} {len(data)}\n".encode() + data for suffix, data in (mutant(seed) for seed in seeds)
    )
    words = [sys.executable, "-I", "-S", str(CROWD), str(TREE), PACKAGES]
    done = subprocess.run(words, input=sent, stdout=subprocess.PIPE, check=True, stderr=subprocess.DEVNULL)
    return [tuple(answer) for answer in json.loads(done.stdout)]


def test_a_thousand_damaged_files_are_each_read_or_refused_within_the_limits():
    ends: Counter[str] = Counter()
    for seed, (end, peak, said) in enumerate(crowd(range(1_000))):
        assert end in (0, TOO_LITTLE_MEMORY, -signal.SIGABRT), (seed, end, said)
        assert end != -signal.SIGABRT or mutant(seed)[0] == ".xls", seed  # only calamine may abort
        assert peak <= MEMORY, (seed, peak)
        faults = json.loads(said)["faults"] if end == 0 else []
        for code, where, _ in faults:
            assert code in WORDS, seed
            assert PLACE.fullmatch(where), (seed, where)
        ends[mutant(seed)[0] + (" refused" if faults or end else " read")] += 1
    # Had all been refused (or all been read) at the door, little would have been tried.
    assert (
        min(ends[f"{suffix} {end}"] for suffix in (".xlsx", ".xls", ".csv") for end in ("read", "refused"))
        > 20
    )


@pytest.mark.parametrize("first", range(0, 60, 10))
def test_damaged_files_through_the_real_child(first):
    for seed in range(first, first + 10):
        suffix, data = mutant(seed)
        check_harmless(read(data, f"名单{suffix}"))


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 1_000, 100))
def test_all_damaged_files_through_the_real_child(first):
    for seed in range(first, first + 100):
        suffix, data = mutant(seed)
        check_harmless(read(data, f"名单{suffix}"))
