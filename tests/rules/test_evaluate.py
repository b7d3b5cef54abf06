"""The two dates, late and withdrawn facts, groups and rolls: the cases that people argue about."""

from tests.rules.casebook import DAY, ILI, answer, case, cases, dates, held, on, rule, rules

from xiaodun.rules.evaluate import evaluate, window_now


def test_a_late_entry_keeps_the_day_of_the_fact_and_moves_the_day_of_detection():
    found = answer([case(0), case(1), case(2, known_on=on(4))], "SCH-SIM-CLASS-1D")

    assert dates(found) == (0, 4)
    assert found.window == (on(0), on(0))


def test_cases_known_before_the_last_of_them_counts_are_those_known_by_detection():
    rows = [*cases([4]), case(9, 0, known_on=on(2))]

    assert answer(rows, "SCH-SIM-CLASS-1D").count == 4


def test_a_case_does_not_count_before_its_onset_even_when_it_was_known():
    rows = [case(0, 3, known_on=on(0)), *cases([0, 0, 0, 2], start=1)]

    assert dates(answer(rows, "SCH-SIM-CLASS-1D")) == (3, 3)


def test_a_case_ruled_out_before_the_third_came_never_made_three():
    rows = [case(0), case(1, ruled_out_on=on(1)), case(2, known_on=on(1))]

    assert answer(rows, "SCH-SIM-CLASS-1D") is None


def test_a_ruled_out_case_leaves_a_detection_before_the_fact_that_stands_without_it():
    rows = [case(0), case(1), case(2, ruled_out_on=on(1)), *cases([0, 0, 0, 3], start=10)]

    assert dates(answer(rows, "SCH-SIM-CLASS-1D")) == (3, 0)


def test_a_case_ruled_out_brings_a_bounded_grade_back_into_its_bounds():
    rows = [*cases([9], diagnosis="hfmd"), case(20, 0, diagnosis="hfmd", ruled_out_on=on(2))]

    assert dates(answer(rows, "HFMD-SCH-7D-5")) == (0, 2)
    assert dates(answer(rows, "HFMD-SCH-7D-10")) == (None, 0)


def test_a_falling_tail_does_not_raise_the_lower_grade():
    rows = cases([4, 0, 8], diagnosis="hfmd")

    assert answer(rows, "HFMD-SCH-7D-5") is None
    assert dates(answer(rows, "HFMD-SCH-7D-10")) == (2, 2)


def test_vomiting_and_diarrhoea_are_one_group_and_fever_another():
    sick = [case(i, symptoms=frozenset({s})) for i, s in enumerate(("vomiting", "diarrhoea", "vomiting"))]
    mixed = [case(i, symptoms=frozenset({s})) for i, s in enumerate(("vomiting", "diarrhoea", "fever"))]

    assert answer(sick, "SCH-SIM-CLASS-1D").group == "vomiting_or_diarrhoea"
    assert answer(mixed, "SCH-SIM-CLASS-1D") is None


def test_other_and_cough_are_in_no_group():
    rows = [case(i, symptoms=frozenset({"other", "cough"})) for i in range(5)]

    assert "SCH-SIM-CLASS-1D" not in held(rows)


def test_of_two_groups_that_hold_on_one_day_the_larger_is_told():
    rows = cases([3], symptoms=frozenset({"fever"})) + cases([4], start=10, symptoms=frozenset({"rash"}))
    found = answer(rows, "SCH-SIM-CLASS-1D")

    assert (found.group, found.count) == ("rash", 4)


def test_different_meals_link_nobody():
    rows = [case(i, symptoms=frozenset({"other"}), exposure=f"meal{i}") for i in range(3)]

    assert "SCH-SIM-CLASS-1D" not in held(rows)


def test_classes_of_two_schools_with_one_name_are_two_classes():
    rows = [case(i, school="X" if i < 2 else "Y", klass="1") for i in range(4)]

    assert "SCH-SIM-CLASS-1D" not in held(rows)
    assert held([*rows, case(9, school="X", klass="1")])["SCH-SIM-CLASS-1D"] == ["X/1"]


def test_a_second_row_with_the_diagnosis_counts_the_person_once_and_from_the_day_it_was_known():
    rows = [
        *cases([2], diagnosis="measles"),
        *cases([0, 1], start=5, symptoms=frozenset({"rash"})),
        case(5, 1, diagnosis="measles", known_on=on(4)),
    ]

    assert dates(answer(rows, "MEAS-SCH-10D-2")) == (0, 0)
    assert answer(rows[1:], "MEAS-SCH-10D-2").persons == ("p1", "p5")
    assert dates(answer(rows[1:], "MEAS-SCH-10D-2")) == (1, 4)


def test_varicella_alone_is_no_statutory_suspect():
    assert "SCH-DX-SUSP" not in held([case(0, diagnosis="varicella")])
    assert held([case(0, diagnosis="hfmd")])["SCH-DX-SUSP"] == ["school"]


def test_influenza_like_illness_needs_the_temperature_and_the_cough():
    warm = [case(i, symptoms=frozenset({"fever", "cough"}), temperature=37.9) for i in range(10)]
    quiet = [case(i, symptoms=frozenset({"fever"}), temperature=39.0) for i in range(10)]

    assert "FLU-SCH-7D-10" not in held(warm)
    assert "FLU-SCH-7D-10" not in held(quiet)
    assert "FLU-SCH-7D-10" in held([case(i, **ILI) for i in range(10)])


def test_confirmed_influenza_in_hospital_counts_with_or_without_the_written_diagnosis():
    written = [case(i, diagnosis="influenza", lab=True, hospital=True) for i in range(2)]
    unwritten = [case(i, lab=True, died=True, **ILI) for i in range(2)]
    another = [case(i, diagnosis="covid19", lab=True, hospital=True, temperature=39.0) for i in range(2)]
    unconfirmed = [case(i, diagnosis="influenza", hospital=True) for i in range(2)]

    assert [
        answer(rows, "FLU-CLS-HOSP-2") is not None for rows in (written, unwritten, another, unconfirmed)
    ] == [
        True,
        True,
        False,
        False,
    ]


def test_a_child_marked_severe_by_the_doctor_answers_for_itself():
    found = answer([case(7, severe=True)], "SCH-IND-SEVERE")

    assert (found.scope, found.scope_id) == ("person", "p7")


def test_rules_that_need_judgement_an_area_or_an_assessment_are_passed_over():
    everything = [case(i, diagnosis="measles", died=True, exposure="meal") for i in range(40)]
    skipped = [
        "LAW-PHE-UNIT",
        "FOOD-SCH-5",
        "PHE-1-CHOLERA",
        "MEAS-TOWN-10D-5",
        "FLU-SCH-SUSPEND",
        "AUTH-STOP-CLASS",
    ]

    assert evaluate(everything, [rule(name) for name in skipped]) == []


def test_without_a_roll_a_share_is_not_judged_but_a_number_is():
    rows = [case(i, **ILI) for i in range(10)]

    assert answer(rows, "FLU-CLS-30PCT") is None
    assert answer(rows, "H1N1-2009-CLS-20PCT").count == 10


def test_the_roll_given_by_the_caller_speaks_before_the_one_in_the_rows():
    rows = [case(i, class_size=40, **ILI) for i in range(6)]

    assert answer(rows, "FLU-CLS-30PCT") is None
    assert answer(rows, "FLU-CLS-30PCT", sizes={"A": 20}).rate == 0.3


def test_the_roll_of_the_day_divides_and_one_stated_later_is_not_read():
    smaller = [case(i, 0, class_size=40, **ILI) for i in range(6)] + [case(9, 5, class_size=20, **ILI)]

    assert dates(answer(smaller, "FLU-CLS-30PCT")) == (5, 5)
    late = [case(i, 0, **ILI) for i in range(6)] + [case(9, 0, class_size=20, known_on=on(3), **ILI)]
    assert dates(answer(late, "FLU-CLS-30PCT")) == (0, 3)


def test_a_recovered_child_is_not_ill_on_the_day_of_recovery():
    rows = [case(i, 0, class_size=10, recovered_on=on(2), **ILI) for i in range(2)]

    assert answer([*rows, case(9, 1, class_size=10, **ILI)], "FLU-CLS-30PCT") is not None
    assert answer([*rows, case(9, 2, class_size=10, **ILI)], "FLU-CLS-30PCT") is None


def test_answers_come_in_the_order_of_detection():
    found = evaluate(cases([3, 2]), rules())

    assert [a.rule.id for a in found] == ["SCH-SIM-CLASS-1D", "SCH-SIM-CLASS-3D"]


def test_a_standing_signal_grows_with_its_window_and_shrinks_with_a_case_ruled_out():
    rows = [*cases([3, 1, 1]), case(9, 2, ruled_out_on=on(3))]
    same_day = rule("SCH-SIM-CLASS-1D")
    three_days = rule("SCH-SIM-CLASS-3D")

    assert window_now(rows, same_day, "A", on(0)).count == 3
    assert window_now(rows, three_days, "A", on(1)).count == 4
    assert window_now(rows, three_days, "A", on(2)).count == 6
    assert window_now(rows, three_days, "A", on(2), known_by=on(3)).count == 5
    empty = window_now(rows, three_days, "B", on(2))
    assert (empty.count, empty.persons, empty.first, empty.last) == (0, (), DAY, on(2))


def test_one_tap_is_judged_by_what_it_brings_about():
    rows = [*cases([3]), *cases([0] * 20 + [3], start=10)]

    assert dates(answer(rows, "SCH-SIM-CLASS-1D")) == (0, 0)
    assert dates(answer(rows, "SCH-SIM-CLASS-1D", since=on(20))) == (20, 20)
    assert answer(rows, "SCH-SIM-CLASS-1D", since=on(21)) is None


def test_a_late_row_wakes_only_the_windows_that_hold_it():
    rows = [*cases([0, 0, 0, 5]), case(20, 0, known_on=on(9)), case(21, 1, known_on=on(9))]

    assert dates(answer(rows, "SCH-SIM-CLASS-3D", since=on(9))) == (3, 9)
    assert answer(rows[:-1], "SCH-SIM-CLASS-3D", since=on(9)) is None
