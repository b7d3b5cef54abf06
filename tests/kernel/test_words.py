"""The fixed words: the public lists in their public order, and class names."""

import pytest

from xiaodun.kernel.errors import Refused
from xiaodun.kernel.words import (
    DIAGNOSES,
    STAGES,
    SYMPTOMS,
    SYNDROMES,
    diagnosis,
    klass_name,
    stage,
    symptom,
    syndrome,
)

# As the contract of `rules eval` lists them.
PUBLIC_SYMPTOMS = (
    "fever cough sore_throat runny_nose dyspnoea headache dizziness fatigue rash vomiting diarrhoea"
    " abdominal_pain jaundice conjunctivitis parotid_swelling haemoptysis cough_2w convulsion other"
)
PUBLIC_DIAGNOSES = (
    "influenza hfmd norovirus other_diarrhoea varicella mumps measles rubella scarlet_fever pertussis ahc"
    " dysentery hepatitis_a hepatitis_e typhoid meningococcal tb dengue covid19 mpox"
)


def test_symptoms_and_diagnoses_stand_in_the_order_of_the_contract():
    assert " ".join(word.code for word in SYMPTOMS) == PUBLIC_SYMPTOMS
    assert " ".join(word.code for word in DIAGNOSES) == PUBLIC_DIAGNOSES


def test_every_symptom_group_is_one_of_the_four_and_other_is_in_none():
    groups = {}
    for word in SYMPTOMS:
        groups.setdefault(word.syndrome, []).append(word.code)
    assert set(groups) - {""} == {word.code for word in SYNDROMES}
    assert groups["vomiting_or_diarrhoea"] == ["vomiting", "diarrhoea"]
    assert "other" in groups[""]
    for code in ("fever", "rash", "jaundice"):
        assert groups[code] == [code]


@pytest.mark.parametrize("table", [STAGES, SYNDROMES, SYMPTOMS, DIAGNOSES])
def test_every_word_has_a_chinese_and_an_english_name_of_its_own(table):
    for names in ([w.code for w in table], [w.words("zh-CN") for w in table], [w.words("en") for w in table]):
        assert all(names)
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("find", "code", "zh"),
    [
        (stage, "junior", "初中"),
        (syndrome, "rash", "皮疹"),
        (symptom, "cough_2w", "咳嗽超过2周"),
        (diagnosis, "hfmd", "手足口病"),
    ],
)
def test_a_word_is_found_by_its_code_and_another_code_is_refused(find, code, zh):
    assert find(code).zh == zh
    with pytest.raises(Refused) as caught:
        find("nonsense")
    (fault,) = caught.value.faults
    assert (fault.code, fault.value) == (f"words.{find.__name__}", "nonsense")
    assert code in fault.en


@pytest.mark.parametrize(
    ("where", "zh", "en"),
    [
        (("nursery", 1, 1), "托(1)班", "Nursery Class 1"),
        (("kindergarten", 1, 1), "小(1)班", "Kindergarten 1 Class 1"),
        (("kindergarten", 3, 2), "大(2)班", "Kindergarten 3 Class 2"),
        (("primary", 3, 2), "三(2)班", "Grade 3 Class 2"),
        (("junior", 7, 12), "七(12)班", "Grade 7 Class 12"),
        (("junior", 6, 1), "六(1)班", "Grade 6 Class 1"),
        (("senior", 10, 2), "高一(2)班", "Grade 10 Class 2"),
        (("senior", 12, 1), "高三(1)班", "Grade 12 Class 1"),
        (("vocational", 2, 3), "职二(3)班", "Vocational 2 Class 3"),
        (("special", 9, 1), "九(1)班", "Grade 9 Class 1"),
    ],
)
def test_class_names(where, zh, en):
    assert klass_name(*where) == zh
    assert klass_name(*where, language="en") == en


@pytest.mark.parametrize(
    "where", [("primary", 7, 1), ("primary", 0, 1), ("college", 1, 1), ("senior", 1, 1), ("junior", 7, 0)]
)
def test_a_class_that_cannot_be_is_refused(where):
    with pytest.raises(Refused) as caught:
        klass_name(*where)
    assert caught.value.code == "words.klass"
