"""The fourteen worked examples of the rules' meaning (rules, section 5.4), each by its number."""

from datetime import date

import pytest
from tests.rules.casebook import DAY, ILI, answer, case, cases, dates, held, on, rule, rules

SIMILAR = ("SCH-SIM-CLASS-1D", "SCH-SIM-CLASS-3D")


def similar(found):
    return {name: places for name, places in held(found).items() if name.startswith("SCH-SIM")}


def test_vector_1_three_onsets_in_a_class_on_one_day_hold_that_day():
    found = answer(cases([3]), "SCH-SIM-CLASS-1D")

    assert dates(found) == (0, 0)
    assert found.persons == ("p0", "p1", "p2")


def test_vector_2_three_onsets_over_two_days_hold_nothing():
    assert similar(cases([2, 1])) == {}


def test_vector_3_two_two_one_hold_the_rule_of_three_days_on_the_third():
    found = cases([2, 2, 1])

    assert similar(found) == {"SCH-SIM-CLASS-3D": ["A"]}
    assert dates(answer(found, "SCH-SIM-CLASS-3D")) == (2, 2)


def test_vector_4_two_none_two_one_hold_nothing():
    assert similar(cases([2, 0, 2, 1])) == {}


def test_vector_5_different_syndromes_hold_through_a_shared_meal():
    found = [
        case(0, symptoms=frozenset({"fever"}), exposure="canteen"),
        case(1, symptoms=frozenset({"rash"}), exposure="canteen"),
        case(2, symptoms=frozenset({"vomiting"}), exposure="canteen"),
    ]

    assert similar(found) == {"SCH-SIM-CLASS-1D": ["A"]}
    assert answer(found, "SCH-SIM-CLASS-1D").group == "exposure:canteen"


def test_vector_6_fever_rash_and_injury_without_a_shared_meal_hold_nothing():
    symptoms = ("fever", "rash", "other")

    assert similar([case(i, symptoms=frozenset({s})) for i, s in enumerate(symptoms)]) == {}


def test_vector_7_a_case_ruled_out_later_keeps_the_detection_and_takes_the_fact_back():
    found = [case(0), case(1), case(2, ruled_out_on=on(1))]

    assert dates(answer(found, "SCH-SIM-CLASS-1D")) == (None, 0)


def test_vector_7_a_case_ruled_out_on_the_same_day_never_counts():
    assert similar([case(0), case(1), case(2, ruled_out_on=on(0))]) == {}


def test_vector_8_twelve_ill_of_forty_are_thirty_percent_and_four_new_are_not_five():
    still_ill = cases([4, 4], class_size=40, **ILI)
    recovered = [case(50, 2, class_size=40, recovered_on=on(3), **ILI)]
    new = cases([0, 0, 0, 4], start=20, class_size=40, **ILI)
    found = held([*still_ill, *recovered, *new])

    assert found["FLU-CLS-30PCT"] == ["A"]
    assert "FLU-CLS-1D-5" not in found
    held_now = answer([*still_ill, *recovered, *new], "FLU-CLS-30PCT")
    assert dates(held_now) == (3, 3)
    assert (held_now.count, held_now.found.roll, held_now.rate) == (12, 40, 0.3)


def test_vector_9_hand_foot_and_mouth_disease_of_a_class_and_of_its_school():
    found = cases([1, 0, 1], diagnosis="hfmd") + [
        case(10 + i, 4, klass=f"K{i}", diagnosis="hfmd") for i in range(8)
    ]
    places = {name: where for name, where in held(found).items() if name.startswith("HFMD")}

    assert places == {
        "HFMD-CLS-7D-2": ["A"],
        "HFMD-CLS-SUSP": ["A"],
        "HFMD-SCH-7D-10": ["school"],
        "HFMD-SCH-SUSP-10": ["school"],
    }
    assert rule("HFMD-SCH-SUSP-10").is_advice
    assert not rule("HFMD-SCH-7D-10").is_advice


def test_vector_10_mumps_keeps_the_cluster_and_adds_the_emergency():
    found = cases([5, 0, 0, 5], diagnosis="mumps")

    assert dates(answer(found, "MUMPS-SCH-7D-5")) == (0, 0)
    assert dates(answer(found, "MUMPS-PHE-7D-10")) == (3, 3)


def test_vector_11_two_brothers_of_two_schools_meet_in_their_household():
    found = [
        case(0, 0, school="X", household="H", diagnosis="hfmd"),
        case(1, 6, school="Y", household="H", diagnosis="hfmd"),
    ]
    places = {name: where for name, where in held(found).items() if name.startswith("HFMD")}

    assert places == {"HFMD-FAM-7D-2": ["H"]}


VARICELLA_12 = [0, 3, 0, 3, 0, 3, 0, 1]
VARICELLA_13 = [1, 2, 0, 3, 0, 3, 0, 1]


def varicella(counts):
    return [
        case(10 * day + i, day, klass=f"K{day}-{i}", diagnosis="varicella")
        for day, n in enumerate(counts)
        for i in range(n)
    ]


def test_vector_12_varicella_reaches_five_on_the_third_day_and_ten_on_the_seventh():
    found = varicella(VARICELLA_12)

    assert dates(answer(found, "VAR-SCH-7D-5")) == (3, 3)
    assert answer(found, "VAR-SCH-7D-5").count == 6
    assert dates(answer(found, "VAR-PHE-7D-10")) == (7, 7)
    assert answer(found, "VAR-PHE-7D-10").window == (on(1), on(7))


def test_vector_13_the_same_ten_never_lie_in_one_window():
    found = varicella(VARICELLA_13)

    assert dates(answer(found, "VAR-SCH-7D-5")) == (3, 3)
    assert answer(found, "VAR-PHE-7D-10") is None


@pytest.mark.requirement("R45")
@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (date(2020, 9, 1), {"COVID-SCH-14D-2": ["school"]}),
        (date(2022, 7, 1), {}),
        (DAY, {}),
    ],
)
def test_vector_14_two_covid_cases_ten_days_apart_are_judged_by_the_rules_of_that_day(as_of, expected):
    found = [
        case(0, 0, klass="A", diagnosis="covid19"),
        case(1, 10, klass="B", diagnosis="covid19"),
    ]
    places = held(found, rules(as_of))

    assert {name: where for name, where in places.items() if name.startswith("COVID")} == expected


def test_vector_14_holds_on_the_day_of_the_second_onset():
    found = [case(0, 0, diagnosis="covid19"), case(1, 10, klass="B", diagnosis="covid19")]

    assert dates(answer(found, "COVID-SCH-14D-2")) == (10, 10)
