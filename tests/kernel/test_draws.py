"""Seeded draws: a pure function of seed, decision, person and day, even and independent in each of them.

Nothing here is left to chance: every draw is fixed by its seed, so a statistical bound holds always or never.
"""

import hashlib
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaodun.kernel.draws import _mix, bits, choice, integers, normal, uniform
from xiaodun.kernel.errors import DomainError, Refused, ShapeError

N = 200_000
PERSONS = np.arange(N)
WRAP = 2**64
STEP = 0x9E3779B97F4A7C15

numbers = st.integers(0, 2**40)


def chi_square_is_plausible(counts):
    """Within five standard deviations of its mean, on both sides: too even is as wrong as too uneven."""
    expected = counts.sum() / counts.size
    statistic = ((counts - expected) ** 2 / expected).sum()
    degrees = counts.size - 1
    return abs(statistic - degrees) < 5 * (2 * degrees) ** 0.5


def mix_by_hand(state):
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % WRAP
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB % WRAP
    return state ^ (state >> 31)


def test_the_finaliser_gives_the_published_numbers_of_splitmix64():
    states = np.array([(1234567 + n * STEP) % WRAP for n in (1, 2, 3)], dtype=np.uint64)
    assert _mix(states).tolist() == [6457827717110365317, 3203168211198807973, 9817491932198370423]


@given(st.integers(), st.text(st.characters(codec="utf-8"), max_size=8), numbers, st.integers(-400, 4000))
def test_a_draw_is_the_definition_worked_in_whole_numbers(seed, decision, person, day):
    key = int.from_bytes(hashlib.sha256(f"{seed}:{decision}".encode()).digest()[:8], "little")
    expected = mix_by_hand((mix_by_hand((key + person * STEP) % WRAP) + day * STEP) % WRAP)
    assert int(bits(seed, decision, person, day)) == expected
    assert float(uniform(seed, decision, person, day)) == (expected >> 11) / 2**53


def test_saved_draws_do_not_change():
    # Saved on purpose: every stored simulation, sample and demo county is reproduced from its seed alone.
    # Change these numbers only together with a new format of everything that stores a seed.
    assert uniform(20261123, "infect", np.arange(3), 7).tolist() == [
        0.2288415935174698,
        0.3625635414321271,
        0.1771971081970043,
    ]
    assert uniform(-1, "潜伏期", 10_000_000, [0, 1, 365]).tolist() == [
        0.7624934851809566,
        0.1909867863473832,
        0.30450370078782185,
    ]
    assert integers(1, "test", np.arange(10), 0, low=1, high=7).tolist() == [4, 2, 1, 6, 2, 5, 2, 2, 4, 6]
    assert choice(1, "home", np.arange(10), 0, weights=[0.5, 0.3, 0.2]).tolist() == [
        0,
        1,
        2,
        0,
        1,
        0,
        1,
        2,
        2,
        0,
    ]
    assert normal(1, "latent_days", np.arange(3), 0) == pytest.approx(
        [0.483319633841636, -1.0990917302181569, -0.782679005792706], rel=1e-14
    )


@given(st.lists(st.integers(0, 1000), max_size=6), st.permutations(range(50)))
def test_any_chunks_in_any_order_give_the_same_draws(cuts, order):
    persons, days = np.arange(1000), np.arange(1000) % 7
    for draw in (uniform, normal):
        whole = draw(5, "infect", persons, days)
        chunks = np.split(np.arange(1000), sorted(cuts))
        parts = [draw(5, "infect", persons[chunk], days[chunk]) for chunk in chunks]
        assert np.array_equal(np.concatenate(parts), whole)
        assert np.array_equal(draw(5, "infect", persons[order], days[order]), whole[order])


def test_a_stride_or_a_narrow_type_changes_nothing():
    whole = normal(5, "infect", np.arange(200), 3)
    assert np.array_equal(normal(5, "infect", np.arange(200)[::3], 3), whole[::3])
    assert np.array_equal(normal(5, "infect", np.arange(200, dtype=np.uint8), np.int16(3)), whole)


def test_persons_and_days_broadcast():
    table = uniform(1, "infect", np.arange(4)[:, None], np.arange(3))
    assert table.shape == (4, 3)
    assert table[2, 1] == uniform(1, "infect", 2, 1)
    assert uniform(1, "infect", 2, 1).shape == ()
    assert uniform(1, "infect", np.arange(0), 1).shape == (0,)


@pytest.mark.parametrize("seed", [0, 1, 2**70])
@pytest.mark.parametrize(("person", "day"), [(PERSONS, 0), (7, PERSONS), (PERSONS * 1000, 12)])
def test_draws_are_even(seed, person, day):
    drawn = uniform(seed, "infect", person, day)
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert chi_square_is_plausible(np.histogram(drawn, bins=256, range=(0, 1))[0])


@pytest.mark.parametrize(
    "other",
    [
        lambda: uniform(1, "test_result", PERSONS, 0),  # another decision
        lambda: uniform(1, "infect ", PERSONS, 0),
        lambda: uniform(2, "infect", PERSONS, 0),  # another seed
        lambda: uniform(1, "infect", PERSONS, 1),  # the next day
        lambda: uniform(1, "infect", PERSONS + 1, 0),  # the neighbour
        lambda: uniform(1, "infect", PERSONS + 1, -1),  # person and day do not add up to one number
        lambda: uniform(1, "infect", 0, PERSONS),  # person n of day 0 and person 0 of day n
    ],
)
def test_draws_of_another_seed_decision_person_or_day_are_independent(other):
    one, two = uniform(1, "infect", PERSONS, 0), other()
    assert abs(np.corrcoef(one, two)[0, 1]) < 5 / N**0.5
    pairs = np.histogram2d(one, two, bins=16, range=((0, 1), (0, 1)))[0]
    assert chi_square_is_plausible(pairs)
    assert (one == two).sum() < 2  # person 0 on day 0 is in both of the last pair


@pytest.mark.parametrize("place", range(0, 40, 3))
def test_one_bit_of_person_or_day_changes_half_of_the_bits(place):
    for person, day in ((PERSONS[:2000] ^ (1 << place), 0), (PERSONS[:2000], 1 << place)):
        flipped = np.bitwise_count(bits(1, "infect", PERSONS[:2000], 0) ^ bits(1, "infect", person, day))
        assert abs(flipped.mean() - 32) < 5 * 4 / 2000**0.5  # a fair coin: standard deviation 4


@given(st.integers(-100, 100), st.integers(1, 50), numbers)
def test_integers_lie_between_low_and_high(low, span, person):
    assert low <= integers(1, "test", person, 0, low=low, high=low + span) < low + span


def test_integers_are_even_and_reach_both_ends():
    counts = np.bincount(integers(1, "test", PERSONS, 0, low=0, high=6))
    assert counts.size == 6
    assert chi_square_is_plausible(counts)


def test_choice_follows_its_weights_and_never_takes_a_zero():
    counts = np.bincount(choice(1, "home", PERSONS, 0, weights=[0, 5, 0, 3, 2, 0]), minlength=6)
    assert counts[[0, 2, 5]].tolist() == [0, 0, 0]
    for place, share in ((1, 0.5), (3, 0.3), (4, 0.2)):
        assert abs(counts[place] - N * share) < 5 * (N * share * (1 - share)) ** 0.5


def test_normals_follow_the_normal_curve():
    drawn = normal(1, "latent_days", PERSONS, 0)
    edges = [NormalDist().inv_cdf(n / 128) for n in range(1, 128)]
    assert np.isfinite(drawn).all()
    assert chi_square_is_plausible(np.bincount(np.searchsorted(edges, drawn), minlength=128))


@pytest.mark.parametrize(
    ("draw", "kind", "code"),
    [
        (lambda: uniform(1, "a", [0.5], 0), DomainError, "draws.not_whole"),
        (lambda: uniform(1, "a", [1], True), DomainError, "draws.not_whole"),
        (lambda: uniform(1, "a", np.arange(3), np.arange(4)), ShapeError, "draws.shape"),
        (lambda: integers(1, "a", 0, 0, low=3, high=3), DomainError, "draws.range"),
        (lambda: integers(1, "a", 0, 0, low=0, high=2**32 + 1), DomainError, "draws.range"),
        (lambda: choice(1, "a", 0, 0, weights=[]), DomainError, "draws.weights"),
        (lambda: choice(1, "a", 0, 0, weights=[0.0, 0.0]), DomainError, "draws.weights"),
        (lambda: choice(1, "a", 0, 0, weights=[1.0, -1.0]), DomainError, "draws.weights"),
        (lambda: choice(1, "a", 0, 0, weights=[1.0, float("nan")]), DomainError, "draws.weights"),
    ],
)
def test_what_makes_no_sense_is_refused(draw, kind, code):
    with pytest.raises(Refused) as caught:
        draw()
    assert isinstance(caught.value, kind)
    assert caught.value.code == code
