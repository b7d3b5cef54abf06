"""How names are kept, compared and ordered.

A name is kept as it was written (NFC); beside it stand a folded form for comparison and search, a pinyin key for the order of
lists, and initials. Polyphonic family names are read as family names; a name in another script stands for itself.
"""

from __future__ import annotations

import re
import unicodedata

from pypinyin import lazy_pinyin

from xiaodun.kernel.errors import Fault, Refused

LONGEST = 100
# The five middle dots that keyboards and files put into one and the same name, and what is typed for want of them.
DOTS = "·•・‧･"
_DOT = "·"
_DOTS = str.maketrans(dict.fromkeys([*DOTS, "∙", "⋅", "."], _DOT))
_QUOTES = str.maketrans(dict.fromkeys("‘’ʼʻ`´＇", "'"))

_HAN = "\u2e80-\u2fdf\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# A space between two Han characters is padding of a printed list (王　磊), never part of a name.
_PADDING = re.compile(f"(?<=[{_HAN}])[ \u3000]+(?=[{_HAN}])")
_IS_HAN = re.compile(f"[{_HAN}]")
_SPACES = re.compile(r"\s+")
# Marks that turn or hide text without being part of a name: a byte-order mark, the switches of writing direction.
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_VARIANTS = re.compile("[\ufe00-\ufe0f\u180b-\u180f\U000e0100-\U000e01ef]")
_LETTERS = frozenset(("L", "M"))
_MARKS = frozenset(f"{DOTS}∙⋅.'’‘ʼ-‐–()（）་༌、 \u202f\u00a0\u200c\u200d")

# Family names that are read otherwise as ordinary characters. Source: 现代汉语词典, readings marked 姓.
_SURNAMES = {
    "单": "shan", "解": "xie", "曾": "zeng", "仇": "qiu", "查": "zha", "区": "ou", "朴": "piao", "乐": "yue",
    "盖": "ge", "翟": "zhai", "覃": "qin", "繁": "po", "种": "chong", "员": "yun", "缪": "miao", "洗": "xian",
    "召": "shao", "折": "she", "黑": "he", "秘": "bi", "祭": "zhai", "隗": "wei", "郇": "xun", "句": "gou",
    "佴": "nai", "卜": "bu", "牟": "mu", "阚": "kan", "都": "du", "长": "chang", "不": "fou", "重": "chong",
    "单于": "chan yu", "长孙": "zhang sun", "尉迟": "yu chi", "万俟": "mo qi", "澹台": "tan tai", "令狐": "ling hu",
}  # fmt: skip


def written(text: str) -> str:
    """The name as it is kept: NFC, without padding, marks of direction and outer spaces. Scripts and dots stay as they are."""
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", text))
    text = _SPACES.sub(lambda found: "\u202f" if found[0] == "\u202f" else " ", _PADDING.sub("", text))
    return text.strip()


def fold(text: str) -> str:
    """What two spellings of one name have in common; at most 100 characters. Not for showing."""
    text = unicodedata.normalize("NFKC", written(text)).translate(_QUOTES).translate(_DOTS)
    text = "".join(
        ch for ch in _VARIANTS.sub("", text) if not ch.isspace() and unicodedata.category(ch) != "Cf"
    )
    return unicodedata.normalize("NFC", text.casefold())[:LONGEST]


def sort_key(name: str) -> str:
    """The pinyin of a name, one syllable or word after another, small letters, at most 400 characters."""
    return spoken(name)[0]


def initials(name: str) -> str:
    """The first letter of every syllable or word, capital, at most 60."""
    return spoken(name)[1]


def spoken(name: str) -> tuple[str, str]:
    """`sort_key` and `initials` at once: the reading of a name is what costs."""
    words = _syllables(name)
    return " ".join(words).lower()[:400], "".join(word[0] for word in words).upper()[:60]


def read_name(text: str, where: str = "") -> str:
    """The name in a cell or field, as it is kept.

    Refused `roster.name_missing`, `roster.name_long` (over 100 characters) or `roster.name_shape` (no letter, or a character
    that no name has). No fault shows what was written.
    """
    name = written(text)
    if not name:
        raise _refused("roster.name_missing", "缺姓名", "the name is missing", where)
    if len(name) > LONGEST:
        raise _refused(
            "roster.name_long",
            f"姓名有 {len(name)} 个字，最多 {LONGEST} 个",
            f"the name has {len(name)} characters, at most {LONGEST} fit",
            where,
        )
    if not any(map(_is_letter, name)) or not all(map(_may_stand, name)):
        raise _refused(
            "roster.name_shape",
            "不像姓名。只填姓名，不带数字和符号",
            "this is no name: write the name alone, without figures and signs",
            where,
        )
    return name


def _may_stand(ch: str) -> bool:
    return _is_letter(ch) or ch in _MARKS


def _is_letter(ch: str) -> bool:
    # The Han planes by range: newer characters than this Python's tables are names all the same.
    return unicodedata.category(ch)[0] in _LETTERS or _IS_HAN.match(ch) is not None or _is_private(ch)


def _is_private(ch: str) -> bool:
    # Old systems write rare characters in the private area; they come and go unchanged.
    return unicodedata.category(ch) == "Co"


def _syllables(name: str) -> list[str]:
    name = unicodedata.normalize("NFKC", name)
    head, rest = _surname(name)
    spoken = lazy_pinyin(_VARIANTS.sub("", rest)) if rest else []
    words = [word for part in spoken for word in _words(part)]
    return [*head, *words] or [name.strip() or "?"]


def _words(part: str) -> list[str]:
    """The words of a stretch that pinyin has no reading for: letters of other scripts, characters too rare."""
    clean = part.translate(_DOTS).replace(_DOT, " ")
    found: list[str] = []
    for word in clean.split():
        # Rare Han characters that no table reads stand one by one, so that each is an initial.
        found += list(word) if _IS_HAN.search(word) else [word.strip("'’-()（）")]
    return [word for word in found if word]


def _surname(name: str) -> tuple[list[str], str]:
    """The reading of a family name that is read otherwise as a word, and the rest of the name.

    A name with a dot has no Han family name.
    """
    if any(dot in name for dot in DOTS):
        return [], name
    for length in (2, 1):
        reading = _SURNAMES.get(name[:length]) if len(name) > length else None
        if reading:
            return reading.split(), name[length:]
    return [], name


def _refused(code: str, zh: str, en: str, where: str) -> Refused:
    return Refused(Fault(code, zh, en, where))
