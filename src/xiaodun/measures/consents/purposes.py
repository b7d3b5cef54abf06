"""What is kept about a pupil and why: with a duty by law, or only with consent.

A purpose with a duty needs no consent and cannot be refused; the page says so and names the law. The others are optional:
nothing of theirs is stored without a consent in force, and a withdrawal hides it at once.
"""

from __future__ import annotations

from dataclasses import dataclass

VERSION = "2026-11"  # of the words below; a consent keeps the version it was given to


@dataclass(frozen=True, slots=True)
class Purpose:
    """`basis` names the law where consent is not asked; empty = optional, by consent only."""

    code: str
    zh: str
    en: str
    what_zh: str
    what_en: str
    basis: str = ""


PURPOSES: dict[str, Purpose] = {
    purpose.code: purpose
    for purpose in (
        Purpose(
            "illness_record",
            "缺课与症状登记",
            "absence and symptoms",
            "缺课日期、症状、诊断、复课日期。班主任和校医能看。",
            "Days of absence, symptoms, diagnosis, day of return. Read by the class teacher and the school doctor.",
            basis="《传染病防治法》(2025修订)第47条；《突发公共卫生事件应对法》第28条",
        ),
        Purpose(
            "contact_tracing",
            "密切接触者查找",
            "contact tracing",
            "同班、同寝、同车、同住的人，只在有传染病病例时用。",
            "Classmates, room-mates, bus and home contacts, used only when there is a case of an infectious disease.",
            basis="《传染病防治法》(2025修订)第62条",
        ),
        Purpose(
            "certificate_photo",
            "复课证明照片",
            "photograph of the certificate",
            "医院证明的照片，最多存30天。不同意也行，把纸质证明给校医看一眼即可。",
            "A photograph of the hospital's certificate, kept for at most 30 days. Showing the paper to the doctor does as well.",
        ),
        Purpose(
            "health_notes",
            "健康提示",
            "health notes",
            "过敏、慢性病等提示，只给校医看。",
            "Allergies, chronic illness and the like, for the school doctor only.",
        ),
    )
}

OPTIONAL = tuple(purpose for purpose in PURPOSES.values() if not purpose.basis)
