"""The doctor's day: grouped by need, one tap a row, one tap for the rest, taken back within ten minutes; taps are counted."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.cast import MONDAY, Cast, anything, at_time, check, school_scope
from tests.measures.health.desk import diagnosed, illness
from tests.web.school.test_signal_page import signed_in

from xiaodun.kernel.calendar import at
from xiaodun.measures.checks.models import FindingKind
from xiaodun.measures.health.models import FollowUp, Visit

TUESDAY = at(MONDAY + timedelta(days=1), 8, 0)


def page(client: Client, cast: Cast) -> str:
    answer = client.get(f"/school/{cast.school.pk}/follow-ups")
    assert answer.status_code == 200
    return answer.content.decode()


def tap(client: Client, cast: Cast, row: FollowUp, word: str) -> str:
    answer = client.post(
        f"/school/{cast.school.pk}/follow-ups/say", {"say": f"{row.pk}:{word}:0"}, follow=True
    )
    assert answer.status_code == 200
    return answer.content.decode()


def rows_of(said: str, group: str) -> list[str]:
    """The rows of a group as they stand on the page."""
    found = re.search(rf'<section class="part" id="{group}">.*?</section>', said, re.S)
    return re.findall(r"<li id=.*?</li>", found[0], re.S) if found else []


def in_school(cast: Cast, place: int = 0) -> FollowUp:
    with school_scope(cast.school):
        return illness(cast, place)


@pytest.fixture
def tuesday(cast: Cast) -> Any:
    """Three ill since Monday, one absent without a word on Tuesday; the doctor looks at eight."""
    check(cast, 0, 1, 2)
    with at_time(TUESDAY):
        check(cast, 5, klass=cast.sibling, by="doctor", kind=FindingKind.UNEXPLAINED, symptoms=())
        yield cast


@pytest.mark.requirement("R74")
def test_the_list_is_grouped_by_what_each_needs_and_the_head_counts_what_is_left(tuesday: Cast) -> None:
    client = signed_in(tuesday, "doctor")
    said = page(client, tuesday)
    assert "还有 4 人等您" in said
    assert (len(rows_of(said, "ask_cause")), len(rows_of(said, "ask_today"))) == (1, 3)
    said = tap(client, tuesday, in_school(tuesday), "still_ill")
    assert "还有 3 人等您" in said
    assert len(rows_of(said, "none")) == 1
    assert "仍在家 8:00" in rows_of(said, "none")[0]


def test_the_rest_is_one_tap_with_the_number_on_the_button(tuesday: Cast) -> None:
    client = signed_in(tuesday, "doctor")
    tap(client, tuesday, in_school(tuesday), "seen")
    assert "其余 2 人都仍在家" in page(client, tuesday)
    said = client.post(f"/school/{tuesday.school.pk}/follow-ups/rest", follow=True).content.decode()
    assert "还有 1 人等您" in said, "who is away without a cause is not settled by it"
    assert not rows_of(said, "ask_today")


def test_the_last_press_is_taken_back_from_the_page(tuesday: Cast) -> None:
    client = signed_in(tuesday, "doctor")
    client.post(f"/school/{tuesday.school.pk}/follow-ups/rest")
    said = page(client, tuesday)
    batch = re.search(r'name="batch" value="([0-9a-f-]+)"', said)
    assert batch
    assert "还剩" in said
    back = client.post(f"/school/{tuesday.school.pk}/follow-ups/undo", {"batch": batch[1]}, follow=True)
    assert "已撤销，3 人回到刚才的样子" in back.content.decode()
    with at_time(TUESDAY + timedelta(minutes=10)):
        assert 'name="batch"' not in page(client, tuesday)


def test_after_a_tap_the_page_comes_back_at_the_next_row(tuesday: Cast) -> None:
    client = signed_in(tuesday, "doctor")
    row, following = in_school(tuesday, 0), in_school(tuesday, 1)
    assert f'value="{row.pk}:still_ill:{following.pk}"' in page(client, tuesday)
    answer = client.post(
        f"/school/{tuesday.school.pk}/follow-ups/say", {"say": f"{row.pk}:still_ill:{following.pk}"}
    )
    assert answer["Location"].endswith(f"/follow-ups#f{following.pk}")


@pytest.mark.parametrize(
    "word", ["still_ill", "better", "seen", "hospital", "back_tomorrow", "returned", "ruled_out"]
)
def test_every_button_of_a_row_settles_it_for_the_day(tuesday: Cast, word: str) -> None:
    client = signed_in(tuesday, "doctor")
    assert f":{word}:" in rows_of(page(client, tuesday), "ask_today")[0]
    said = tap(client, tuesday, in_school(tuesday), word)
    assert len(rows_of(said, "ask_today")) == 2


@pytest.mark.parametrize("word", ["fever", "rash", "cause_injury", "cause_leave", "cause_other"])
def test_every_button_of_a_row_without_a_cause_names_one(tuesday: Cast, word: str) -> None:
    client = signed_in(tuesday, "doctor")
    (row,) = rows_of(page(client, tuesday), "ask_cause")
    assert f":{word}:" in row
    with school_scope(tuesday.school):
        absent = anything(FollowUp).get(cause="unknown")
    said = tap(client, tuesday, absent, word)
    assert not rows_of(said, "ask_cause")


def test_a_named_disease_offers_the_certificate_and_not_the_return(tuesday: Cast) -> None:
    with school_scope(tuesday.school):
        diagnosed(tuesday, "varicella")
    with at_time(TUESDAY + timedelta(days=1)):
        client = signed_in(tuesday, "doctor")
        row = next(row for row in rows_of(page(client, tuesday), "ask_today") if "水痘" in row)
        assert ":returned:" not in row
        assert "不早于 12月7日" in row
        assert "须先查验复课证明" in tap(client, tuesday, in_school(tuesday), "returned")
    with at_time(TUESDAY + timedelta(days=14)):
        client = signed_in(tuesday, "doctor")
        (row,) = rows_of(page(client, tuesday), "back")
        assert "查验证明" in row


def taps_in(row: str, word: str) -> int:
    """How many taps a word takes: one for a button, one more where the button stands inside a fold."""
    at_word = row.index(f":{word}:")
    inside = row.rfind("<details", 0, at_word) > row.rfind("</details>", 0, at_word)
    return 2 if inside else 1


@pytest.mark.requirement("R68")
def test_a_week_of_absences_costs_at_most_two_taps_each_a_day_and_nothing_stays_open(cast: Cast) -> None:
    """Thirty absences begin on Monday; by Friday every one has ended in a reason, a diagnosis or a return."""
    check(cast, *range(20))
    check(cast, *range(10), klass=cast.sibling, by="doctor", kind=FindingKind.UNEXPLAINED, symptoms=())
    spent: dict[tuple[int, int], int] = {}  # (illness, day of the week) -> taps
    plan = {1: "still_ill", 2: "better", 3: "back_tomorrow", 4: "returned"}
    for day in range(5):
        with at_time(at(MONDAY + timedelta(days=day), 10, 0)):
            client = signed_in(cast, "doctor")
            for group in ("ask_cause", "ask_today", "back"):
                for row in rows_of(page(client, cast), group):
                    number = int(re.search(r'id="f(\d+)"', row)[1])  # type: ignore[index]
                    word = ("cause_leave" if number % 2 else "fever") if group == "ask_cause" else plan[day]
                    spent[number, day] = spent.get((number, day), 0) + taps_in(row, word)
                    client.post(f"/school/{cast.school.pk}/follow-ups/say", {"say": f"{number}:{word}:0"})
            assert "人等您" not in page(client, cast)
    assert len({number for number, _day in spent}) == 30
    assert max(spent.values()) <= 2
    with school_scope(cast.school):
        assert not anything(FollowUp).filter(recovered_on__isnull=True, ruled_out_on__isnull=True).exists()
        assert anything(FollowUp).count() == 30


def test_nobody_falls_off_a_long_list(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xiaodun.web.school.absences.LISTED", 10)
    check(cast, *range(25))
    client = signed_in(cast, "doctor")
    seen: set[str] = set()
    for number in (1, 2, 3):
        said = client.get(f"/school/{cast.school.pk}/follow-ups?page={number}").content.decode()
        seen |= set(re.findall(r'<li id="(f\d+)"', said))
    assert len(seen) == 25


def test_a_tap_for_somebody_else_or_without_sense_is_no_page(tuesday: Cast) -> None:
    client = signed_in(tuesday, "doctor")
    row = in_school(tuesday)
    for said in (
        "",
        "x:still_ill:0",
        f"{row.pk}:recover:0",
        "987654321:still_ill:0",
        f"{row.pk}:still_ill:x",
    ):
        answer = client.post(f"/school/{tuesday.school.pk}/follow-ups/say", {"say": said})
        assert answer.status_code == 404, said
    assert client.post(f"/school/{tuesday.school.pk}/follow-ups/undo", {"batch": "x"}).status_code == 404
    foreign = signed_in(tuesday, "foreign_reporter")
    answer = foreign.post(
        f"/school/{tuesday.other_school.pk}/follow-ups/say", {"say": f"{row.pk}:still_ill:0"}
    )
    assert answer.status_code == 404
    with school_scope(tuesday.school):
        assert not anything(Visit).exists()


def test_the_page_costs_a_bounded_number_of_queries(cast: Cast, django_assert_max_num_queries: Any) -> None:
    check(cast, *range(20))
    client = signed_in(cast, "doctor")
    with django_assert_max_num_queries(16):
        client.get(f"/school/{cast.school.pk}/follow-ups")


def test_an_empty_list_says_when_it_fills(cast: Cast) -> None:
    said = page(signed_in(cast, "doctor"), cast)
    assert "没有未返校的学生" in said
    assert "明天晨检列出的学生会出现在这里" in said
