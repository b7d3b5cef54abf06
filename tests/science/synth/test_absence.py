"""Everyday absence stays at the published level, hangs together, and seldom sets off a class rule."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta

import numpy as np
import pytest

from xiaodun.kernel.errors import DomainError
from xiaodun.kernel.words import SYMPTOMS
from xiaodun.science.synth.absence import Absences, absences, symptom_mask
from xiaodun.science.synth.county import county
from xiaodun.science.synth.population import County


def weekdays(first: date, n: int) -> list[int]:
    """The next n Mondays to Fridays, as ordinals."""
    days = (first + timedelta(days=k) for k in range(2 * n + 10))
    return [day.toordinal() for day in days if day.weekday() < 5][:n]


def ill_share(of: County, episodes: Absences, days: list[int]) -> np.ndarray:
    return np.array([episodes.ill[episodes.absent_on(day)].sum() for day in days]) / of.n_pupil


AUTUMN = weekdays(date(2026, 9, 7), 60)


@pytest.fixture(scope="module")
def autumn(green: County) -> Absences:
    return absences(green, AUTUMN, 1)


def test_the_same_seed_gives_identical_episodes(green: County, autumn: Absences) -> None:
    again = absences(green, AUTUMN, 1)
    for field in fields(Absences):
        nan = field.name == "temperature"
        assert np.array_equal(getattr(autumn, field.name), getattr(again, field.name), equal_nan=nan)
    other = absences(green, AUTUMN, 2)
    assert not np.array_equal(autumn.pupil[:500], other.pupil[:500])


@pytest.mark.parametrize("first", [date(2026, 9, 7), date(2026, 12, 1), date(2027, 5, 24)])
@pytest.mark.parametrize("seed", [1, 2])
def test_two_to_four_in_a_hundred_are_absent_through_illness_every_school_day(
    green: County, first: date, seed: int
) -> None:
    days = weekdays(first, 25)
    share = ill_share(green, absences(green, days, seed), days)
    assert share.min() >= 0.02
    assert share.max() <= 0.04
    assert 0.023 <= share.mean() <= 0.037


def test_an_illness_costs_two_to_three_school_days_and_fridays_are_fuller(
    green: County, autumn: Absences
) -> None:
    away = autumn.ill & ~autumn.at_school_only
    n_days = np.searchsorted(AUTUMN, autumn.last_absent[away], "right") - np.searchsorted(
        AUTUMN, autumn.first_absent[away]
    )
    assert 2.0 <= n_days.mean() <= 3.0
    share = ill_share(green, autumn, AUTUMN).reshape(-1, 5).mean(axis=0)
    assert share[0] > share[4] * 1.05


def test_leave_for_other_reasons_is_rare_and_has_no_symptoms(green: County, autumn: Absences) -> None:
    leave = [(~autumn.ill[autumn.absent_on(day)]).sum() / green.n_pupil for day in AUTUMN]
    assert 0.001 < np.mean(leave) < 0.004
    assert (autumn.symptoms[~autumn.ill] == 0).all()
    assert (autumn.symptoms[autumn.ill] > 0).all()


def test_no_pupil_is_away_twice_at_once(autumn: Absences) -> None:
    order = np.lexsort((autumn.known, autumn.pupil))
    pupil, known = autumn.pupil[order], autumn.known[order]
    until = np.maximum(autumn.last_absent, autumn.known)[order]
    same = pupil[1:] == pupil[:-1]
    assert same.sum() > 1_000
    assert (known[1:][same] > until[:-1][same]).all()


def test_days_of_an_episode_are_school_days_in_order(autumn: Absences) -> None:
    away = ~autumn.at_school_only
    assert np.isin(autumn.known, AUTUMN).all()
    assert np.isin(autumn.first_absent[away], AUTUMN).all()
    assert np.isin(autumn.last_absent[away], AUTUMN).all()
    assert (autumn.onset <= autumn.known).all()
    assert (autumn.first_absent <= autumn.last_absent).all()
    assert np.array_equal(autumn.first_absent[away], autumn.known[away])
    assert (autumn.first_absent[~away] == -1).all()
    assert (np.diff(autumn.known) >= 0).all()
    assert 50 < autumn.open_at_end.sum() < 1_500
    assert (autumn.last_absent[autumn.open_at_end] == AUTUMN[-1]).all()


def test_the_first_day_already_finds_children_ill_from_before(green: County, autumn: Absences) -> None:
    share = ill_share(green, autumn, AUTUMN)
    assert share[0] > 0.8 * share.mean()
    assert (autumn.onset[autumn.known == AUTUMN[0]] < AUTUMN[0]).any()


def test_more_days_at_the_end_never_change_the_earlier_ones(green: County, autumn: Absences) -> None:
    half = absences(green, AUTUMN[:30], 1)
    early = autumn.known <= AUTUMN[29]
    assert np.array_equal(half.pupil, autumn.pupil[early])
    assert np.array_equal(half.onset, autumn.onset[early])
    assert np.array_equal(half.symptoms, autumn.symptoms[early])


def test_cough_fever_and_sore_throat_lead_and_few_vomit(autumn: Absences) -> None:
    mine = autumn.symptoms[autumn.ill]
    share = {word.code: ((mine >> bit) & 1).mean() for bit, word in enumerate(SYMPTOMS)}
    leading = sorted(share, key=lambda code: -share[code])[:3]
    assert set(leading) == {"cough", "fever", "sore_throat"}
    assert 0.03 < share["vomiting"] + share["diarrhoea"] < 0.15
    assert share["jaundice"] == share["haemoptysis"] == share["convulsion"] == 0


def test_only_a_fever_has_a_reading_and_a_child_with_fever_stays_home(autumn: Absences) -> None:
    fever = (autumn.symptoms & symptom_mask("fever")) > 0
    read = ~np.isnan(autumn.temperature)
    assert not read[~fever].any()
    assert 0.2 < read[fever].mean() < 0.4
    assert autumn.temperature[read].min() >= 37.5
    assert autumn.temperature[read].max() <= 40.0
    assert not (autumn.at_school_only & fever).any()
    assert 0.1 < autumn.at_school_only.mean() < 0.3


def test_class_rules_seldom_fire_while_nothing_happens(green: County, autumn: Absences) -> None:
    """SCH-SIM-CLASS-1D and -3D: three by onset in a class on one day, five within three days."""
    n_class, start = len(green.classes.size), AUTUMN[0] - 30
    one_day = three_days = 0
    for syndrome in ("fever", "rash", "vomiting_or_diarrhoea"):
        codes = [word.code for word in SYMPTOMS if word.syndrome == syndrome]
        mine = (autumn.symptoms & symptom_mask(" ".join(codes))) > 0
        counts = np.zeros((n_class, AUTUMN[-1] - start + 1), dtype=int)
        np.add.at(counts, (green.pupils.klass[autumn.pupil[mine]], autumn.onset[mine] - start), 1)
        running = np.cumsum(np.pad(counts, ((0, 0), (3, 0))), axis=1)
        one_day += int((counts >= 3).sum())
        three_days += int((running[:, 3:] - running[:, :-3] >= 5).sum())
    class_days = n_class * len(AUTUMN)
    assert one_day <= 0.001 * class_days
    assert three_days <= 0.0003 * class_days
    assert one_day > 0  # a baseline that never fires would hide a rule that cannot


def test_classmates_and_siblings_fall_ill_a_little_together(green: County, autumn: Absences) -> None:
    mine, week = autumn.pupil[autumn.ill], autumn.onset[autumn.ill] // 7
    counts = np.zeros((len(green.classes.size), 12))
    first = AUTUMN[0] // 7
    inside = (week >= first) & (week < first + 12)
    np.add.at(counts, (green.pupils.klass[mine[inside]], week[inside] - first), 1)
    usual = counts.mean(axis=1, keepdims=True)
    assert 1.1 < ((counts - usual) ** 2 / usual).sum() / (len(counts) * 11) < 1.6
    home, fortnight = green.pupils.household[mine], autumn.onset[autumn.ill] // 14
    met = np.unique(np.stack([home, fortnight, mine], axis=1), axis=0)[:, :2]
    together = (np.unique(met, axis=0, return_counts=True)[1] > 1).sum()
    stranger = np.random.default_rng(1).permutation(green.n_pupil)[mine]
    apart = np.unique(np.stack([green.pupils.household[stranger], fortnight, mine], axis=1), axis=0)[:, :2]
    by_chance = (np.unique(apart, axis=0, return_counts=True)[1] > 1).sum()
    assert 1.1 * by_chance < together < 3 * by_chance


@pytest.mark.parametrize("days", [[], [740_000, 740_000], [740_001, 740_000], [[740_000], [740_001]]])
def test_days_that_do_not_ascend_are_refused(days: list[int]) -> None:
    with pytest.raises(DomainError) as refused:
        absences(county(1, schools=2), days, 1)
    assert refused.value.code == "synth.days"
