"""Fixed words: stages, class names, symptoms and their groups, diagnoses. Tables stand in public order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from xiaodun.kernel.errors import Fault, Refused


@dataclass(frozen=True, slots=True)
class Word:
    """A code that files and the database carry, with what people read."""

    code: str
    zh: str
    en: str

    def words(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Symptom(Word):
    """`syndrome` is the similar-symptom group that the symptom counts in, or "" when it counts in none."""

    syndrome: str = ""


STAGES = (
    Word("nursery", "托育", "nursery"),
    Word("kindergarten", "幼儿园", "kindergarten"),
    Word("primary", "小学", "primary"),
    Word("junior", "初中", "junior secondary"),
    Word("senior", "高中", "senior secondary"),
    Word("vocational", "中职", "secondary vocational"),
    Word("college", "高校", "college"),
    Word("special", "特教", "special education"),
)

# Vomiting and diarrhoea are one group: a child with either resembles a child with the other.
SYNDROMES = (
    Word("fever", "发热", "fever"),
    Word("rash", "皮疹", "rash"),
    Word("vomiting_or_diarrhoea", "呕吐或腹泻", "vomiting or diarrhoea"),
    Word("jaundice", "黄疸", "jaundice"),
)

SYMPTOMS = (
    Symptom("fever", "发热", "fever", "fever"),
    Symptom("cough", "咳嗽", "cough"),
    Symptom("sore_throat", "咽痛", "sore throat"),
    Symptom("runny_nose", "流涕", "runny nose"),
    Symptom("dyspnoea", "呼吸困难", "shortness of breath"),
    Symptom("headache", "头痛", "headache"),
    Symptom("dizziness", "头晕", "dizziness"),
    Symptom("fatigue", "乏力", "fatigue"),
    Symptom("rash", "皮疹", "rash", "rash"),
    Symptom("vomiting", "呕吐", "vomiting", "vomiting_or_diarrhoea"),
    Symptom("diarrhoea", "腹泻", "diarrhoea", "vomiting_or_diarrhoea"),
    Symptom("abdominal_pain", "腹痛", "abdominal pain"),
    Symptom("jaundice", "黄疸", "jaundice", "jaundice"),
    Symptom("conjunctivitis", "红眼", "red eyes"),
    Symptom("parotid_swelling", "腮腺肿大", "swollen parotid glands"),
    Symptom("haemoptysis", "咯血", "coughing blood"),
    Symptom("cough_2w", "咳嗽超过2周", "cough for more than 2 weeks"),
    Symptom("convulsion", "抽搐", "convulsion"),
    Symptom("other", "其他", "other"),
)

DIAGNOSES = (
    Word("influenza", "流行性感冒", "influenza"),
    Word("hfmd", "手足口病", "hand, foot and mouth disease"),
    Word("norovirus", "诺如病毒感染", "norovirus infection"),
    Word("other_diarrhoea", "其他感染性腹泻", "other infectious diarrhoea"),
    Word("varicella", "水痘", "varicella"),
    Word("mumps", "流行性腮腺炎", "mumps"),
    Word("measles", "麻疹", "measles"),
    Word("rubella", "风疹", "rubella"),
    Word("scarlet_fever", "猩红热", "scarlet fever"),
    Word("pertussis", "百日咳", "pertussis"),
    Word("ahc", "急性出血性结膜炎", "acute haemorrhagic conjunctivitis"),
    Word("dysentery", "痢疾", "dysentery"),
    Word("hepatitis_a", "甲型肝炎", "hepatitis A"),
    Word("hepatitis_e", "戊型肝炎", "hepatitis E"),
    Word("typhoid", "伤寒/副伤寒", "typhoid or paratyphoid"),
    Word("meningococcal", "流行性脑脊髓膜炎", "meningococcal disease"),
    Word("tb", "肺结核", "pulmonary tuberculosis"),
    Word("dengue", "登革热", "dengue"),
    Word("covid19", "新型冠状病毒感染", "COVID-19"),
    Word("mpox", "猴痘", "mpox"),
)

# (stage, grade) -> the grade's short name. Grades count 1-12 across stages, as "grade 9" does in the norms;
# junior has a grade 6 where primary has five. Nursery, kindergarten and vocational count their own years.
_GRADES: dict[tuple[str, int], tuple[str, str]] = {
    ("nursery", 1): ("托", "Nursery"),
    **{("kindergarten", n): (zh, f"Kindergarten {n}") for n, zh in enumerate("小中大", 1)},
    **{("primary", n): (zh, f"Grade {n}") for n, zh in enumerate("一二三四五六", 1)},
    **{("junior", n): (zh, f"Grade {n}") for n, zh in enumerate("六七八九", 6)},
    **{("senior", n): (f"高{zh}", f"Grade {n}") for n, zh in enumerate("一二三", 10)},
    **{("vocational", n): (f"职{zh}", f"Vocational {n}") for n, zh in enumerate("一二三", 1)},
    **{("special", n): (zh, f"Grade {n}") for n, zh in enumerate("一二三四五六七八九", 1)},
}

W = TypeVar("W", bound=Word)

_STAGE = {word.code: word for word in STAGES}
_SYNDROME = {word.code: word for word in SYNDROMES}
_SYMPTOM = {word.code: word for word in SYMPTOMS}
_DIAGNOSIS = {word.code: word for word in DIAGNOSES}


def stage(code: str) -> Word:
    """The stage of that code; Refused `words.stage` when there is none."""
    return _find(_STAGE, "stage", code)


def syndrome(code: str) -> Word:
    """The similar-symptom group of that code; Refused `words.syndrome` when there is none."""
    return _find(_SYNDROME, "syndrome", code)


def symptom(code: str) -> Symptom:
    """The symptom of that code; Refused `words.symptom` when there is none."""
    return _find(_SYMPTOM, "symptom", code)


def diagnosis(code: str) -> Word:
    """The diagnosis of that code; Refused `words.diagnosis` when there is none."""
    return _find(_DIAGNOSIS, "diagnosis", code)


def klass_name(stage_code: str, grade: int, number: int, language: str = "zh") -> str:
    """`三(2)班`, `七(2)班`, `高一(2)班`, `小(1)班`; in English `Grade 3 Class 2`.

    grade: 1-6 primary, 6-9 junior, 10-12 senior, 1-9 special, else the year of the stage. number: from 1.
    Raises Refused `words.klass` where the stage has no such grade (college has none) or number is below 1.
    """
    found = _GRADES.get((stage_code, grade))
    if found is None or number < 1:
        raise Refused(
            Fault(
                "words.klass",
                zh="这个学段没有这个年级或班号；年级号:小学1-6、初中6-9、高中10-12",
                en="the stage has no such grade or class; grades: primary 1-6, junior 6-9, senior 10-12",
                where="klass",
                value=f"{stage_code} {grade} {number}",
            )
        )
    zh, en = found
    return f"{zh}({number})班" if language.startswith("zh") else f"{en} Class {number}"


def _find(table: dict[str, W], where: str, code: str) -> W:
    found = table.get(code)
    if found is None:
        known = " ".join(table)
        raise Refused(
            Fault(
                f"words.{where}",
                zh=f"只能是: {known}",
                en=f"must be one of: {known}",
                where=where,
                value=code,
            )
        )
    return found
