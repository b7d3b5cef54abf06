"""Names are kept as written, compared by what they share, and ordered as they are spoken."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.roster.naming import DOTS, LONGEST, fold, initials, read_name, sort_key, written


@pytest.mark.requirement("R42")
@pytest.mark.parametrize("dot", DOTS)
def test_the_five_middle_dots_compare_equal_and_the_original_is_kept(dot: str) -> None:
    name = f"买买提{dot}艾力"
    assert fold(name) == fold("买买提·艾力")
    assert written(name) == name
    assert (sort_key(name), initials(name)) == ("mai mai ti ai li", "MMTAL")


def test_there_are_five_dots_and_each_is_another_character() -> None:
    assert [f"{ord(dot):04X}" for dot in DOTS] == ["00B7", "2022", "30FB", "2027", "FF65"]


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("单小红", "shan xiao hong"), ("解放", "xie fang"), ("曾国", "zeng guo"), ("仇英", "qiu ying"), ("查理", "zha li"),
        ("区明", "ou ming"), ("朴顺姬", "piao shun ji"), ("乐天", "yue tian"), ("盖伦", "ge lun"), ("翟明", "zhai ming"),
        ("覃红", "qin hong"), ("繁星", "po xing"), ("员文", "yun wen"), ("缪可", "miao ke"), ("召南", "shao nan"),
        ("折磊", "she lei"), ("黑天", "he tian"), ("祭文", "zhai wen"), ("尉迟恭", "yu chi gong"), ("万俟雪", "mo qi xue"),
        ("长孙明", "zhang sun ming"), ("澹台月", "tan tai yue"), ("单于平", "chan yu ping"), ("令狐冲", "ling hu chong"),
        ("欧阳菲", "ou yang fei"), ("吕布", "lv bu"), ("任重", "ren zhong"),
    ],
)  # fmt: skip
def test_a_family_name_is_read_as_a_family_name(name: str, spoken: str) -> None:
    assert sort_key(name) == spoken
    assert initials(name) == "".join(word[0] for word in spoken.split()).upper()


def test_the_same_character_inside_a_name_is_read_as_usual() -> None:
    assert sort_key("王单单") == "wang dan dan"
    assert sort_key("解·买提") == "jie mai ti"  # with a dot there is no Han family name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｍａｒｙ　Ｓｍｉｔｈ", "mary smith"), ("王　磊", "王磊"), ("王 磊", "王磊"), ("O’Neil", "o'neil"),
        ("José", "José"), ("⼭田", "山田"), ("买买提.艾力", "买买提・艾力"), ("葛\U000e0100城", "葛城"),
    ],
)  # fmt: skip
def test_what_two_spellings_share_compares_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_padding_and_unseen_marks_go_and_the_scripts_own_marks_stay() -> None:
    assert written("\ufeff 王　磊\u200b ") == "王磊"
    assert written("\u202aئەخمەت تۇرسۇن\u202c") == "ئەخمەت تۇرسۇن"
    for name in ("བཀྲ་ཤིས་", "ᠪᠠᠲᠤ\u180bᠮᠥᠩᠬᠡ", "می\u200cخواهم", "葛\U000e0100城"):
        assert written(name) == name == read_name(name)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "roster.name_missing"), ("　 ", "roster.name_missing"), ("12345", "roster.name_shape"),
        ("王小明3", "roster.name_shape"), ("张三🙂", "roster.name_shape"), ("<b>李四</b>", "roster.name_shape"),
        ("···", "roster.name_shape"), ("长" * (LONGEST + 1), "roster.name_long"),
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused_without_showing_it(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_name(text, "A5")
    (fault,) = refused.value.faults
    assert (fault.code, fault.where, fault.value) == (code, "A5", "")
    assert not text.strip() or text not in fault.zh + fault.en


def test_a_name_of_a_hundred_characters_fits_its_columns() -> None:
    name = "买" * 49 + "·" + "双" * 50
    assert read_name(name) == name
    assert len(fold(name)) <= 100
    assert len(sort_key(name)) <= 400
    assert len(initials(name)) <= 60


@given(st.text(max_size=100))
def test_folding_twice_is_folding_once_and_a_kept_name_keeps_its_letters(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    kept = [ch for ch in unicodedata.normalize("NFC", text) if unicodedata.category(ch)[0] == "L"]
    assert [ch for ch in written(text) if unicodedata.category(ch)[0] == "L"] == kept
