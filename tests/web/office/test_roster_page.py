"""The roster by class, a search that leaves no name in an address, one person's card, groups, links."""

from __future__ import annotations

import re
from html import unescape

import pytest
from tests.cast import Cast, school_scope
from tests.responsibility.roster.clerks import bring_in, hire
from tests.responsibility.roster.files import csv_file, identity, pupil
from tests.responsibility.roster.rare_names import ALL
from tests.responsibility.roster.test_rare_names import rows
from tests.web.office.desk import at_desk, named, page

from xiaodun.responsibility.orgs.models import Org
from xiaodun.responsibility.roster.guardians import guardian_of_key
from xiaodun.responsibility.roster.models import Guardian, GuardianKey, Person

CARD = identity(12)


@pytest.mark.requirement("R07")
def test_a_class_lists_its_pupils_and_leads_to_their_cards(cast: Cast) -> None:
    said = page(at_desk(cast), f"/office/{cast.school.pk}/roster?of={cast.klass.pk}")
    for one in cast.pupils[cast.klass.pk]:
        assert one.name in said
        assert f"/office/person/{one.pk}" in said


def test_the_whole_school_is_read_page_by_page(cast: Cast) -> None:
    client, seen = at_desk(cast), 0
    path = f"/office/{cast.school.pk}/roster?of=all"
    said = page(client, path)
    seen += said.count("/office/person/")
    after = said.split("after=")[1].split('"')[0]
    assert after.isdigit()
    seen += page(client, f"{path}&after={after}").count("/office/person/")
    assert seen == 80


def test_a_search_is_sent_as_a_form_and_stays_within_the_school(cast: Cast) -> None:
    client = at_desk(cast)
    path = f"/office/{cast.school.pk}/roster/find"
    assert client.get(path, {"q": "赵"}).status_code == 405
    said = client.post(path, {"q": "zxm"}).content.decode()
    assert said.count("/office/person/") == sum(
        one.initials == "ZXM" for k in (cast.klass, cast.sibling) for one in cast.pupils[k.pk]
    )
    assert "没有找到" in client.post(path, {"q": "没有这个人"}).content.decode()


def test_five_hundred_rare_names_are_shown_as_they_are(cast: Cast) -> None:
    hire(cast, "clerk", cast.school)
    bring_in(cast, csv_file(rows()), found=True)
    client, klass = at_desk(cast), Org.objects.get(school_id=cast.school.pk, name="四(9)班")
    path, said = f"/office/{cast.school.pk}/roster?of={klass.pk}", ""
    after = ""
    for _ in range(12):
        text = page(client, f"{path}&after={after}" if after else path)
        said += text
        following = re.search(r'href="\?of=\d+&amp;after=(\d+)"', text)
        if following is None:
            break
        after = following.group(1)
    shown = unescape(said)
    assert [name for name in ALL if f">{name}</a>" not in shown] == []


@pytest.mark.requirement("R07")
def test_a_card_masks_its_numbers_until_one_is_asked_for(cast: Cast) -> None:
    hire(cast, "clerk", cast.school)
    bring_in(cast, csv_file([pupil("甲一", number=f"G{CARD}", 证件号=CARD)]))
    client, one = at_desk(cast), named(cast, "甲一")
    said = page(client, f"/office/person/{one.pk}")
    assert CARD not in said
    shown = client.post(f"/office/person/{one.pk}/number", {"which": "identity"}).content.decode()
    assert CARD in shown
    assert f"G{CARD}" not in shown
    assert CARD not in page(client, f"/office/person/{one.pk}")


def test_a_fault_on_the_card_keeps_what_was_typed(cast: Cast) -> None:
    client, one = at_desk(cast), cast.pupils[cast.klass.pk][0]
    answer = client.post(f"/office/person/{one.pk}/edit", {"name": one.name, "birth_on": "明天"})
    said = answer.content.decode()
    assert answer.status_code == 400
    assert "roster.birth_on" in said
    assert 'value="明天"' in said


def test_leaving_and_coming_back_from_the_card(cast: Cast) -> None:
    client, one = at_desk(cast), cast.pupils[cast.klass.pk][0]
    client.post(f"/office/person/{one.pk}/leave", {"last_day": "2026-11-22"})
    assert "离校" in page(client, f"/office/person/{one.pk}")
    client.post(f"/office/person/{one.pk}/return", {"class": cast.sibling.pk})
    with school_scope(cast.school):
        assert Person.objects.in_scope().get(pk=one.pk).class_id == cast.sibling.pk


@pytest.mark.requirement("R07")
def test_slips_of_a_class_show_links_that_work_and_are_not_shown_again(cast: Cast) -> None:
    one = cast.pupils[cast.klass.pk][0]
    with school_scope(cast.school):
        Guardian.objects.create(person=one, school_id=cast.school.pk, class_id=cast.klass.pk, name="甲妈")
    client = at_desk(cast, "teacher")
    path = f"/office/class/{cast.klass.pk}/links"
    slips = client.post(path).content.decode()
    key = slips.split("/f/")[1].split("<")[0]
    assert guardian_of_key(key)
    assert slips.count("<svg") >= 1
    assert key not in page(client, path)
    link = GuardianKey.objects.get()
    client.post(f"/office/guardian/{link.guardian_id}/revoke")
    assert guardian_of_key(key) is None


@pytest.mark.parametrize("who", ["teacher", "doctor", "principal", "county", "stranger"])
def test_the_roster_is_the_clerks_alone(cast: Cast, who: str) -> None:
    client, one = at_desk(cast, who), cast.pupils[cast.klass.pk][0]
    for path in (
        f"/office/{cast.school.pk}/roster",
        f"/office/person/{one.pk}",
        f"/office/{cast.school.pk}/import",
    ):
        assert client.get(path).status_code in (302, 404)
