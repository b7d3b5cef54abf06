"""How long a school waits for its roster: 2,000 pupils with both guardians, read, previewed, applied, undone.

    .venv/bin/python bench/roster_import.py [n_pupils] [runs]

On an embedded server of its own, durable, in a throw-away folder. Prints one line for each step: median of the runs in
seconds, and the peak memory of this process. Acceptance: preview and apply within 3 s each for 2,000 (issue 3, item 1).
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]


def main(n_pupils: int, runs: int) -> None:
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    from xiaodun.site.ground import database, django_environment, prepare

    with tempfile.TemporaryDirectory(prefix="xiaodun-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database runs under an account of its own
        with database(folder) as found:
            environment = django_environment(folder, found)
            prepare(folder, environment)
            os.environ.update(environment)
            import django

            django.setup()
            report(measure(n_pupils, runs), n_pupils)


def measure(n_pupils: int, runs: int) -> dict[str, list[float]]:
    """step -> seconds of each run. Each run founds a school of its own in the same county, which fills up."""
    from tests.cast import build
    from tests.responsibility.roster.files import many, xlsx_file

    from xiaodun.foundation.scope import open_scope
    from xiaodun.responsibility.accounts.actor import Actor
    from xiaodun.responsibility.orgs.actions import found_org
    from xiaodun.responsibility.orgs.models import Level
    from xiaodun.responsibility.roster import importing
    from xiaodun.responsibility.roster.models import PersonKind

    cast = build()
    actor = Actor(cast.accounts["principal"].pk, "", ())
    data = xlsx_file(many(n_pupils))
    # The next year's file: a fifth in other classes, a fifth with another room, a tenth gone.
    later = xlsx_file(changed(many(n_pupils)))
    took: dict[str, list[float]] = defaultdict(list)

    def preview(file: bytes, **choices: bool) -> tuple[int, str]:
        batch = importing.preview_roster(
            actor=actor, school=school, kind=PersonKind.PUPIL, data=file, filename="名册.xlsx"
        )
        importing.choose(actor=actor, batch=batch, choices={"found": True, **choices})
        with open_scope(schools=[school.pk]):
            shown = importing.look_at(batch, school)
            shown.alike()
        assert shown.plan.is_ready, (shown.plan.problems[:3], shown.plan.asks[:3])
        return batch.pk, shown.plan.digest

    def timed(step: str, began: float) -> float:
        took[step].append(time.perf_counter() - began)
        return time.perf_counter()

    for run in range(runs):
        school = found_org(
            actor_id=None,
            level=Level.SCHOOL,
            name=f"量尺{run}小学",
            parent=cast.county,
            code=f"21990001{run:02}",
        )
        for step, file, choices in (("empty school", data, {}), ("year later", later, {"whole": True})):
            began = time.perf_counter()
            batch_id, digest = preview(file, **choices)
            began = timed(f"preview, {step}", began)
            importing.apply_roster(actor=actor, school=school, batch_id=batch_id, digest=digest)
            timed(f"apply, {step}", began)
        began = time.perf_counter()
        importing.undo_roster(actor=actor, school=school, batch_id=batch_id)
        timed("undo, year later", began)
    return took


def changed(rows: list[list[str]]) -> list[list[str]]:
    classes = sorted({row[7] for row in rows})
    for n, row in enumerate(rows):
        if n % 5 == 0:
            row[7] = classes[(classes.index(row[7]) + 1) % len(classes)]
        elif n % 5 == 1:
            row[10] = "999"
    return [row for n, row in enumerate(rows) if n % 10 != 9]


def report(took: dict[str, list[float]], n_pupils: int) -> None:
    for step, seconds in took.items():
        print(
            f"{n_pupils} pupils, {step}: median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [2000, 3][len(given) :]))
