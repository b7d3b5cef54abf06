"""The demo's sixty days: what every class said each morning, and one boarding school's influenza."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from xiaodun.foundation.bulk import insert_rows, next_ids
from xiaodun.foundation.scope import open_scope
from xiaodun.kernel.calendar import at
from xiaodun.kernel.draws import bits, uniform
from xiaodun.measures.checks.models import CheckSubmission, ClassCheck, Finding
from xiaodun.measures.health.models import FollowUp
from xiaodun.science.synth.absence import absences
from xiaodun.science.synth.population import County
from xiaodun.site.demo_mornings import Illness, Morning, everyday, mornings_of, with_outbreak
from xiaodun.site.demo_people import Laid

FORGOTTEN_SHARE = 0.012  # of class mornings without anything new, nobody reports (assumption)
LATE_SHARE = 0.02
DONE_TODAY_SHARE = 0.72  # of schools all whose classes have reported by the time the demo opens (assumption)
UNDER_WAY_SHARE = 0.8  # of the classes of the others
DOCTOR_SHARE = 0.8


def write_history(
    county: County, laid: Laid, days: list[date], outbreak_from: date | None
) -> list[tuple[int, date]]:
    """Write checks, findings, follow-ups and roll-ups of all days (the last is today, half reported).

    Returns the (school row, day) pairs on which something may have crossed a rule: they are judged afterwards.
    """
    ordinals = [day.toordinal() for day in days]
    episodes = absences(county, ordinals, county.seed)
    illnesses = everyday(episodes, ordinals)
    if outbreak_from is not None:
        illnesses = with_outbreak(county, illnesses, ordinals, outbreak_from.toordinal())
    mornings = mornings_of(county, illnesses, ordinals)
    said = _said_classes(county, laid, mornings, ordinals)
    with open_scope(schools=[school.pk for school in laid.schools]):
        _write_checks(county, laid, mornings, said, days)
        _write_follow_ups(county, laid, illnesses, said, ordinals)
        _roll_up()
    return _notable(county, illnesses, ordinals)


def _said_classes(
    county: County, laid: Laid, mornings: dict[tuple[int, int], Morning], days: list[int]
) -> dict[int, set[int]]:
    """day -> class rows that reported. Only a class without news is ever forgotten, so that no illness is lost."""
    n_classes = len(county.classes.school)
    rows = np.arange(n_classes)
    said = {}
    for day in days:
        u = uniform(county.seed, "demo.reports", rows, day)
        if day == days[-1]:
            said[day] = _said_today(county, laid, day, u)
        else:
            said[day] = {
                k
                for k in range(n_classes)
                if u[k] >= FORGOTTEN_SHARE or mornings.get((k, day), Morning()).news
            }
    return said


def _said_today(county: County, laid: Laid, day: int, u: NDArray[np.float64]) -> set[int]:
    """Most schools are done, the others under way; the cast's class is left to whoever tries the demo."""
    n_schools = len(county.schools.code)
    done = uniform(county.seed, "demo.school_done", np.arange(n_schools), day) < DONE_TODAY_SHARE
    said = np.flatnonzero(done[county.classes.school] | (u < UNDER_WAY_SHARE))
    return set(said.tolist()) - {laid.cast_class}


def _write_checks(
    county: County,
    laid: Laid,
    mornings: dict[tuple[int, int], Morning],
    said: dict[int, set[int]],
    days: list[date],
) -> None:
    sizes, nothing = county.classes.size.tolist(), Morning()
    checks, findings, submissions = [], [], []
    for day in days:
        number = day.toordinal()
        for k in sorted(said[number]):
            klass, morning = laid.classes[k], mornings.get((k, number), nothing)
            ill = sum(kind == "ill_absent" for _one, kind in morning.listed)
            leave = sum(kind == "leave" for _one, kind in morning.listed)
            unwell = len(morning.listed) - ill - leave
            received, late = _received(county.seed, k, day, today=day == days[-1])
            client = str(_uuid(county.seed, k, number))
            stamp = received.isoformat()
            checks.append(
                (
                    day.isoformat(),
                    klass.pk,
                    "morning",
                    klass.school_id,
                    klass.county_id,
                    klass.city_id,
                    client,
                    1,
                    sizes[k],
                    sizes[k] - ill - leave,
                    ill + leave,
                    ill,
                    unwell,
                    late,
                    laid.teacher_ids[k],
                    stamp,
                    stamp,
                )
            )
            spoken = [_spoken(laid, one, kind, number) for one, kind in morning.listed]
            submissions.append(
                (
                    day.isoformat(),
                    client,
                    klass.pk,
                    klass.school_id,
                    "morning",
                    1,
                    "\\x00",
                    spoken,
                    laid.teacher_ids[k],
                    stamp,
                    stamp,
                )
            )
            findings += [
                (
                    day.isoformat(),
                    klass.pk,
                    "morning",
                    row["person_id"],
                    klass.school_id,
                    klass.county_id,
                    row["kind"],
                    row["symptoms"],
                    row["onset_on"],
                    row["carried"],
                )
                for row in spoken
            ]
    insert_rows(
        ClassCheck,
        [
            "day",
            "class_id",
            "session",
            "school_id",
            "county_id",
            "city_id",
            "client_id",
            "revision",
            "enrolled",
            "present",
            "absent",
            "n_ill_absent",
            "n_unwell",
            "late",
            "account_id",
            "device_at",
            "received_at",
        ],
        checks,
    )
    insert_rows(
        CheckSubmission,
        [
            "day",
            "client_id",
            "class_id",
            "school_id",
            "session",
            "revision",
            "digest",
            "findings",
            "account_id",
            "device_at",
            "received_at",
        ],
        submissions,
    )
    insert_rows(
        Finding,
        [
            "day",
            "class_id",
            "session",
            "person_id",
            "school_id",
            "county_id",
            "kind",
            "symptoms",
            "onset_on",
            "carried",
        ],
        findings,
    )


def _spoken(laid: Laid, one: Illness, kind: str, day: int) -> dict[str, object]:
    return {
        "person_id": laid.person_ids[one.pupil],
        "kind": kind,
        "symptoms": [] if kind == "leave" else sorted(one.symptoms),
        "onset_on": date.fromordinal(min(one.onset, day)).isoformat(),
        "carried": day > one.known,
    }


def _write_follow_ups(
    county: County, laid: Laid, illnesses: list[Illness], said: dict[int, set[int]], days: list[int]
) -> None:
    klass_of, today = county.pupils.klass.tolist(), days[-1]
    households = county.pupils.household.tolist()
    rows = []
    wanted = [one for one in illnesses if one.ill and klass_of[one.pupil] in said.get(one.known, ())]
    seen = uniform(county.seed, "demo.doctor", np.arange(len(wanted)), 0)
    for n, (one, pk) in enumerate(zip(wanted, next_ids(FollowUp, len(wanted)), strict=True)):
        klass = laid.classes[klass_of[one.pupil]]
        back = one.back if one.back is not None and klass_of[one.pupil] in said[one.back] else None
        known = date.fromordinal(one.known)
        last_absent = min(one.absent[1], today) if one.absent else None
        doctor = (
            at(known, 10, 30).isoformat()
            if one.influenza or (one.known < today and seen[n] < DOCTOR_SHARE)
            else None
        )
        rows.append(
            (
                pk,
                laid.person_ids[one.pupil],
                klass.pk,
                klass.parent_id,
                klass.school_id,
                klass.county_id,
                klass.school_id,
                klass.pk,
                households[one.pupil],
                sorted(one.symptoms),
                date.fromordinal(min(one.onset, one.known)).isoformat(),
                known.isoformat(),
                known.isoformat(),
                date.fromordinal(one.absent[0]).isoformat() if one.absent else None,
                date.fromordinal(last_absent).isoformat() if last_absent else None,
                date.fromordinal(back).isoformat() if back else None,
                date.fromordinal(last_absent or one.known).isoformat(),
                "influenza" if one.influenza else "",
                known.isoformat() if one.influenza else None,
                one.influenza,
                one.temperature,
                doctor,
            )
        )
    insert_rows(
        FollowUp,
        [
            "id",
            "person_id",
            "class_id",
            "grade_id",
            "school_id",
            "county_id",
            "keeper_school_id",
            "keeper_class_id",
            "household",
            "symptoms",
            "onset_on",
            "known_on",
            "opened_on",
            "absent_from",
            "absent_to",
            "recovered_on",
            "last_seen_on",
            "diagnosis",
            "diagnosed_on",
            "lab",
            "temperature",
            "seen_by_doctor_at",
        ],
        rows,
    )


_ROLL_UP = """
INSERT INTO checks_schoolday (day, school_id, session, county_id, city_id, n_classes, n_with_findings, n_nil, n_late,
                              enrolled, absent, n_ill_absent, n_unwell, first_at, last_at, symptoms)
SELECT c.day, c.school_id, c.session, min(c.county_id), min(c.city_id),
       (SELECT count(*) FROM orgs_org o WHERE o.school_id = c.school_id AND o.level = 'class'),
       count(*) FILTER (WHERE n_ill_absent + n_unwell > 0), count(*) FILTER (WHERE n_ill_absent + n_unwell = 0),
       count(*) FILTER (WHERE late), sum(enrolled), sum(absent), sum(n_ill_absent), sum(n_unwell), min(received_at),
       max(received_at), coalesce(min(f.symptoms::text)::jsonb, '{}')
FROM checks_classcheck c LEFT JOIN (
    SELECT day, school_id, session, jsonb_object_agg(symptom, n) AS symptoms FROM (
        SELECT day, school_id, session, symptom, count(*) AS n FROM checks_finding, unnest(symptoms) AS symptom
        GROUP BY 1, 2, 3, 4) AS counted GROUP BY 1, 2, 3) AS f USING (day, school_id, session)
GROUP BY c.day, c.school_id, c.session
"""


def _roll_up() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ROLL_UP)


def _notable(county: County, illnesses: list[Illness], days: list[int]) -> list[tuple[int, date]]:
    """School days on which three of a class or ten of a school became known with something alike: worth judging."""
    klass_of, school_of = county.pupils.klass.tolist(), county.classes.school.tolist()
    by_class: dict[tuple[int, int, str], int] = defaultdict(int)
    by_school: dict[tuple[int, int], int] = defaultdict(int)
    for one in illnesses:
        if not one.ill:
            continue
        klass = klass_of[one.pupil]
        for group in {"fever", "rash", "stomach"} & {_group(code) for code in one.symptoms}:
            for day in days:
                if 0 <= day - one.onset < 3 and day >= one.known:
                    by_class[klass, day, group] += 1
        if one.temperature and one.temperature >= 38:
            by_school[school_of[klass], one.known] += 1
    notable = {(school_of[klass], day) for (klass, day, _group_), n in by_class.items() if n >= 3}
    notable |= {(school, day) for (school, day), n in by_school.items() if n >= 3}
    return sorted(
        ((school, date.fromordinal(day)) for school, day in notable), key=lambda pair: (pair[1], pair[0])
    )


def _group(code: str) -> str:
    return "stomach" if code in ("vomiting", "diarrhoea") else code


def _received(seed: int, klass: int, day: date, *, today: bool) -> tuple[datetime, bool]:
    u, v = (float(uniform(seed, f"demo.minute_{part}", klass, day.toordinal())) for part in ("a", "b"))
    if today:
        return at(day, 7, 12) + timedelta(minutes=50 * u), False
    if v < LATE_SHARE:
        return at(day, 9, 31) + timedelta(minutes=80 * u), True
    return at(day, 7, 15) + timedelta(minutes=95 * u), False


def _uuid(seed: int, klass: int, day: int) -> UUID:
    high, low = (int(bits(seed, f"demo.client_{part}", klass, day)) for part in ("high", "low"))
    return UUID(int=(high << 64 | low), version=4)
