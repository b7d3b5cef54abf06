"""A file becomes a preview, a preview one write, a write can be taken back whole."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.cast import MORNING, Cast, at_time, check, run_jobs, school_scope
from tests.responsibility.roster.clerks import bring_in, clerk, only, preview, shown
from tests.responsibility.roster.files import STAFF_HEAD, csv_file, identity, many, pupil, xlsx_file

from xiaodun.foundation.models import JournalRow
from xiaodun.kernel.errors import Refused
from xiaodun.responsibility.orgs.models import GroupKind, Level, Org
from xiaodun.responsibility.roster.importing import (
    apply_roster,
    choose,
    discard_roster,
    forget_batches,
    undo_roster,
)
from xiaodun.responsibility.roster.models import (
    Enrolment,
    Guardian,
    GuardianKey,
    Person,
    PersonKind,
    RosterBatch,
)
from xiaodun.responsibility.roster.queries import class_sizes, members_of, pupils_of_class

__all__ = ["clerk"]
pytestmark = pytest.mark.usefixtures("clerk")
TABLES = (
    "roster_person",
    "roster_enrolment",
    "roster_guardian",
    "orgs_org",
    "orgs_orgperiod",
    "roster_guardiankey",
)


def everything(cast: Cast) -> list[Any]:
    """Every row of every table that an import may write."""
    with school_scope(cast.school, cast.other_school), connection.cursor() as cursor:
        found = []
        for table in TABLES:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY t.id")
            found.append(cursor.fetchall())
        return found


def person(cast: Cast, name: str) -> Person:
    with school_scope(cast.school):
        found: Person = Person.objects.in_scope().get(name=name)
        return found


def refused(code: str, **call: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        call.pop("call")(**call)
    assert caught.value.code == code
    return caught.value


def named(cast: Cast) -> list[list[str]]:
    """The first class as a file says it: names alone, as the cast has them."""
    return [pupil(one.name, born=None) for one in cast.pupils[cast.klass.pk]]


@pytest.mark.requirement("R07")
def test_a_preview_writes_nothing_but_its_own_sealed_rows(cast: Cast) -> None:
    before = everything(cast)
    batch, seen = preview(cast, csv_file([pupil("新来的", number=f"G{identity(12)}")]))
    assert only(seen.plan.figures) == {"new": 1}
    assert everything(cast) == before
    assert "新来的".encode() not in bytes(batch.rows_sealed or b"")
    with connection.cursor() as cursor, school_scope(cast.school):
        cursor.execute("SELECT b::text FROM roster_rosterbatch b")
        ((text,),) = cursor.fetchall()
    assert "新来的" not in text
    assert identity(12) not in text


def test_everything_a_row_says_is_stored_and_its_numbers_only_sealed(cast: Cast) -> None:
    card = identity(12)
    row = pupil(
        "艾力·买买提", "三（2）班", number=f"G{card}", 性别="男", 证件类型="身份证", 证件号=card.lower(), 入学日期="2026/9/1",
        宿舍楼="1号楼", 房间="302", 校车="3号线", 监护人1姓名="买买提·热合曼", 监护人1关系="父亲", 监护人1电话="138 0013 8000",
    )  # fmt: skip
    row[1] = "女"
    bring_in(cast, csv_file([row]), found=True)
    stored = person(cast, "艾力·买买提")
    assert (stored.sex, stored.birth_on, stored.class_id) == ("f", date(2017, 3, 4), cast.sibling.pk)
    assert (stored.entered_on, stored.dorm, stored.id_kind) == (date(2026, 9, 1), "302", "identity_card")
    groups = {org.group_kind: org for org in Org.objects.filter(level=Level.GROUP, school_id=cast.school.pk)}
    assert (stored.dorm_id, stored.bus_id) == (groups[GroupKind.DORM].pk, groups[GroupKind.BUS].pk)
    with school_scope(cast.school), connection.cursor() as cursor:
        assert [one.pk for one in members_of(groups[GroupKind.DORM], date(2026, 11, 23))] == [stored.pk]
        (guardian,) = stored.guardians.all()
        assert (guardian.name, guardian.relation, guardian.class_id) == (
            "买买提·热合曼",
            "father",
            cast.sibling.pk,
        )
        cursor.execute("SELECT p::text FROM roster_person p WHERE id = %s", [stored.pk])
        assert card not in cursor.fetchone()[0]
        cursor.execute("SELECT g::text FROM roster_guardian g WHERE id = %s", [guardian.pk])
        assert "13800138000" not in cursor.fetchone()[0]
        assert class_sizes(cast.school.pk, date(2026, 11, 23))[cast.sibling.pk] == 41
        assert (
            class_sizes(cast.school.pk, date(2026, 11, 22))[cast.sibling.pk] == 40
        )  # an import changes no past day


@pytest.mark.requirement("R07")
def test_a_file_that_says_what_is_stored_changes_nothing(cast: Cast) -> None:
    rows = [
        pupil("甲一", number=f"G{identity(12)}", 监护人1姓名="甲妈", 监护人1电话="13800138001"),
        pupil("乙二"),
    ]
    bring_in(cast, csv_file(rows))
    _, seen = preview(cast, csv_file(rows))
    assert only(seen.plan.figures) == {"same": 2}
    assert not seen.plan.is_ready


def test_an_empty_cell_and_a_missing_column_erase_nothing(cast: Cast) -> None:
    number = f"G{identity(12)}"
    bring_in(cast, csv_file([pupil("甲一", number=number, 房间="302", 校车="3号线")]), found=True)
    _, seen = preview(cast, csv_file([["甲一", number]], head=("姓名", "学籍号")))
    assert only(seen.plan.figures) == {"same": 1}
    _, seen = preview(cast, csv_file([pupil("甲一", "", number=number)]))
    assert only(seen.plan.figures) == {"same": 1}


@pytest.mark.requirement("R07")
def test_what_changed_is_shown_from_old_to_new_and_the_class_move_by_itself(cast: Cast) -> None:
    number = f"G{identity(12)}"
    bring_in(cast, csv_file([pupil("甲一", number=number, 房间="302")]))
    batch, seen = preview(cast, csv_file([pupil("甲一改", "3年级2班", number=number, 房间="303")]))
    (step,) = seen.plan.steps
    assert (step.step, set(step.changed)) == ("moved", {"name", "dorm"})
    assert seen.plan.sizes == {"三(1)班": (41, 40), "三(2)班": (40, 41)}
    apply_roster(actor=cast.actor("clerk"), school=cast.school, batch_id=batch.pk, digest=seen.plan.digest)
    moved = person(cast, "甲一改")
    assert (moved.class_id, moved.dorm) == (cast.sibling.pk, "303")


def test_a_pupil_who_moved_stands_in_the_old_class_until_yesterday(cast: Cast) -> None:
    number = f"G{identity(12)}"
    bring_in(cast, csv_file([pupil("甲一", number=number)]))
    with at_time(MORNING + timedelta(days=2)):
        bring_in(cast, csv_file([pupil("甲一", "三(2)班", number=number)]))
    with school_scope(cast.school):
        rows = (
            person(cast, "甲一").enrolments.order_by("from_day").values_list("class_id", "from_day", "to_day")
        )
        assert list(rows) == [
            (cast.klass.pk, date(2026, 11, 23), date(2026, 11, 24)),
            (cast.sibling.pk, date(2026, 11, 25), None),
        ]


@pytest.mark.requirement("R07")
def test_who_is_missing_from_the_file_stays_unless_it_is_the_whole_list(cast: Cast) -> None:
    rows = named(cast)[1:] + [pupil(one.name, "三(2)班", born=None) for one in cast.pupils[cast.sibling.pk]]
    batch, seen = preview(cast, csv_file(rows), together=True)
    assert (seen.plan.figures["missing"], seen.plan.figures["leaving"]) == (1, 0)
    choose(actor=cast.actor("clerk"), batch=batch, choices={"whole": True})
    seen = shown(cast, batch)
    assert [one.id for one in seen.plan.leaving] == [cast.pupils[cast.klass.pk][0].pk]
    apply_roster(actor=cast.actor("clerk"), school=cast.school, batch_id=batch.pk, digest=seen.plan.digest)
    with school_scope(cast.school):
        gone = Person.objects.in_scope().get(pk=cast.pupils[cast.klass.pk][0].pk)
    assert (gone.left_on, gone.class_id) == (date(2026, 11, 22), None)
    with school_scope(cast.school):
        assert len(pupils_of_class(cast.klass.pk, date(2026, 11, 23))) == 39
        assert len(pupils_of_class(cast.klass.pk, date(2026, 11, 20))) == 40


def test_who_had_left_and_is_in_the_file_again_is_back_in_class(cast: Cast) -> None:
    number = f"G{identity(12)}"
    bring_in(cast, csv_file([pupil("甲一", number=number), pupil("乙二", number=f"G{identity(14)}")]))
    bring_in(cast, csv_file([pupil("乙二", number=f"G{identity(14)}", 房间="9")]), whole=True)
    gone = person(cast, "甲一")
    assert gone.left_on == date(2026, 11, 23)  # came today, left today: the day stays theirs
    with at_time(MORNING + timedelta(days=3)):
        _, seen = preview(cast, csv_file([pupil("甲一", "三(2)班", number=number)]))
        assert only(seen.plan.figures) == {"returning": 1}
        bring_in(cast, csv_file([pupil("甲一", "三(2)班", number=number)]))
        back = person(cast, "甲一")
        assert (back.left_on, back.class_id) == (None, cast.sibling.pk)
        with school_scope(cast.school):
            assert back in pupils_of_class(cast.sibling.pk, date(2026, 11, 26))


@pytest.mark.requirement("R07")
def test_new_classes_and_groups_are_founded_only_after_a_yes(cast: Cast) -> None:
    data = csv_file([pupil("甲一", "三(5)班"), pupil("乙二", "四(1)班", 宿舍楼="女生楼")])
    batch, seen = preview(cast, data)
    assert [ref.name() for ref in seen.plan.new_classes] == ["三(5)班", "四(1)班"]
    assert seen.plan.new_groups == [("dorm", "女生楼")]
    refused("roster.not_ready", call=apply_roster, actor=cast.actor("clerk"), school=cast.school, batch_id=batch.pk,
            digest=seen.plan.digest)  # fmt: skip
    bring_in(cast, data, found=True)
    klass = Org.objects.get(school_id=cast.school.pk, name="四(1)班")
    assert klass.parent
    assert (klass.parent.name, klass.stage, klass.from_day) == ("四年级", "primary", date(2026, 11, 23))
    assert person(cast, "乙二").class_id == klass.pk


def test_a_school_without_any_class_takes_its_stage_from_its_code(cast: Cast) -> None:
    from xiaodun.responsibility.orgs.actions import found_org

    school = found_org(
        actor_id=None, level=Level.SCHOOL, name="新建初中", parent=cast.county, code="3199000009"
    )
    _, seen = preview(cast, csv_file([pupil("甲一", "七(1)班"), pupil("乙二", "初二2班")]), school=school)
    assert [ref.name() for ref in seen.plan.new_classes] == ["七(1)班", "八(2)班"]


@pytest.mark.requirement("R42")
def test_staff_of_every_post_come_in_and_stand_in_the_staff_group(cast: Cast) -> None:
    rows = [
        [name, "", "", "", identity(12 + 2 * n, date(1980, 5, 6)), post]
        for n, (name, post) in enumerate(
            (
                ("钱老师", "班主任"),
                ("孙厨师", "厨师"),
                ("李保安", "保安"),
                ("周司机", "司机"),
                ("吴外包", "外包"),
                ("郑校医", "校医"),
            )
        )
    ]
    bring_in(cast, csv_file(rows, STAFF_HEAD), PersonKind.STAFF, found=True)
    group = Org.objects.get(school_id=cast.school.pk, group_kind=GroupKind.STAFF)
    with school_scope(cast.school):
        members = members_of(group, date(2026, 11, 23))
    assert {one.post for one in members} == {"teacher", "canteen", "guard", "driver", "contractor", "doctor"}
    _, seen = preview(cast, csv_file(rows, STAFF_HEAD), PersonKind.STAFF)
    assert only(seen.plan.figures) == {"same": 6}


# ---- who is meant ----
def test_the_student_number_finds_before_the_identity_number_before_the_name(cast: Cast) -> None:
    one, two = identity(12), identity(14)
    bring_in(cast, csv_file([pupil("甲一", number=f"G{one}", 证件号=one), pupil("乙二", 证件号=two)]))
    rows = [pupil("改名甲", number=f"G{one}"), pupil("改名乙", 证件号=two)]
    _, seen = preview(cast, csv_file(rows))
    assert [step.person.id for step in seen.plan.steps if step.person] == [
        person(cast, "甲一").pk,
        person(cast, "乙二").pk,
    ]


def test_the_old_card_of_fifteen_digits_finds_the_person_with_eighteen(cast: Cast) -> None:
    new = identity(12, date(1980, 5, 6))
    bring_in(cast, csv_file([["钱老师", "", "", "", new, "教师"]], STAFF_HEAD), PersonKind.STAFF, found=True)
    old = new[:6] + new[8:17]
    _, seen = preview(cast, csv_file([["钱老师", "", "", "", old, "教师"]], STAFF_HEAD), PersonKind.STAFF)
    assert only(seen.plan.figures) == {"same": 1}


def test_two_numbers_that_point_at_two_persons_are_asked_about(cast: Cast) -> None:
    one, two = identity(12), identity(14)
    bring_in(cast, csv_file([pupil("甲一", number=f"G{one}"), pupil("乙二", 证件号=two)]))
    batch, seen = preview(cast, csv_file([pupil("甲一", number=f"G{one}", 证件号=two)]))
    (ask,) = seen.plan.asks
    assert (ask.why, len(ask.candidates)) == ("numbers_differ", 2)
    choose(actor=cast.actor("clerk"), batch=batch, choices={"asks": {"2": ask.candidates[0]}})
    assert not shown(cast, batch).plan.asks


def test_an_answer_that_is_no_candidate_is_no_answer(cast: Cast) -> None:
    first = cast.pupils[cast.klass.pk][0]
    batch, seen = preview(cast, csv_file([pupil(first.name, born=date(2017, 5, 5))]))
    (ask,) = seen.plan.asks
    assert ask.why == "no_birth_date"
    choose(actor=cast.actor("clerk"), batch=batch, choices={"asks": {"2": first.pk + 1}})
    assert shown(cast, batch).plan.asks == [ask]
    choose(actor=cast.actor("clerk"), batch=batch, choices={"asks": {"2": 0}})
    assert only(shown(cast, batch).plan.figures) == {"new": 1}


def test_name_and_birth_date_in_another_class_are_asked_and_may_be_answered_together(cast: Cast) -> None:
    bring_in(cast, csv_file([pupil("甲一"), pupil("乙二", born=date(2017, 6, 7))]))
    rows = [pupil("甲一", "三(2)班"), pupil("乙二", "三(2)班", born=date(2017, 6, 7))]
    batch, seen = preview(cast, csv_file(rows))
    assert [ask.why for ask in seen.plan.asks] == ["other_class", "other_class"]
    choose(actor=cast.actor("clerk"), batch=batch, choices={"together": True})
    assert only(shown(cast, batch).plan.figures) == {"moved": 2}


def test_two_pupils_of_one_name_are_told_apart_by_their_birth_dates(cast: Cast) -> None:
    rows = [
        pupil("张伟", born=date(2017, 1, 2)),
        pupil("张伟", born=date(2017, 3, 4)),
        pupil("张伟", "三(2)班"),
    ]
    bring_in(cast, csv_file(rows))
    _, seen = preview(cast, csv_file(rows))
    assert only(seen.plan.figures) == {"same": 3}


def test_the_five_dots_are_one_name_and_the_stored_form_stays(cast: Cast) -> None:
    bring_in(cast, csv_file([pupil("买买提·艾力")]))
    for dot in "•・‧･":
        _, seen = preview(cast, csv_file([pupil(f"买买提{dot}艾力")]))
        assert only(seen.plan.figures) == {"same": 1}


# ---- all or nothing, once, as shown ----
def test_a_preview_that_no_longer_holds_is_not_written(cast: Cast) -> None:
    batch, seen = preview(cast, csv_file([pupil("甲一", number=f"G{identity(12)}", 房间="302")]))
    bring_in(cast, csv_file([pupil("甲一", number=f"G{identity(12)}")]))
    call = {"call": apply_roster, "actor": cast.actor("clerk"), "school": cast.school, "batch_id": batch.pk}
    refused("roster.plan_changed", digest=seen.plan.digest, **call)
    apply_roster(
        actor=cast.actor("clerk"),
        school=cast.school,
        batch_id=batch.pk,
        digest=shown(cast, batch).plan.digest,
    )
    refused("roster.already_applied", digest=seen.plan.digest, **call)
    assert person(cast, "甲一").dorm == "302"


def test_a_preview_dies_after_a_day_and_its_rows_with_it(cast: Cast) -> None:
    batch, seen = preview(cast, csv_file([pupil("甲一")]))
    with at_time(MORNING + timedelta(hours=24, seconds=1)):
        refused("roster.preview_over", call=apply_roster, actor=cast.actor("clerk"), school=cast.school,
                batch_id=batch.pk, digest=seen.plan.digest)  # fmt: skip
        assert forget_batches() == 1
    with school_scope(cast.school):
        assert not RosterBatch.objects.in_scope().exists()


def test_a_discarded_preview_is_gone(cast: Cast) -> None:
    batch, _ = preview(cast, csv_file([pupil("甲一")]))
    discard_roster(actor=cast.actor("clerk"), batch=batch)
    with school_scope(cast.school):
        assert not RosterBatch.objects.in_scope().exists()


def test_every_step_leaves_one_line_without_a_name(cast: Cast) -> None:
    before = JournalRow.objects.count()
    batch = bring_in(cast, csv_file([pupil("甲一")]))
    undo_roster(actor=cast.actor("clerk"), school=cast.school, batch_id=batch.pk)
    lines = JournalRow.objects.order_by("pk")[before:]
    assert [line.verb for line in lines] == ["roster.preview", "roster.import", "roster.undo_import"]
    assert "甲一" not in str([line.facts for line in lines])


# ---- back ----
@pytest.mark.requirement("R07")
def test_an_undone_import_leaves_every_row_as_it_was(cast: Cast) -> None:
    rows = [row for row in many(120, per_class=20) if row[7] in ("三(1)班", "三(2)班", "四(1)班")]
    bring_in(cast, xlsx_file(rows[::2]), found=True)
    before = everything(cast)
    for row in rows:
        row[10], row[7] = "777", "三(2)班" if row[7] == "三(1)班" else row[7]
    batch = bring_in(cast, xlsx_file(rows), found=True, whole=True)
    assert {name for name in only(batch.figures) if name != "guardians"} == {
        "new",
        "changed",
        "moved",
        "leaving",
    }
    assert everything(cast) != before
    undo_roster(actor=cast.actor("clerk"), school=cast.school, batch_id=batch.pk)
    assert everything(cast) == before
    refused(
        "roster.undo_over", call=undo_roster, actor=cast.actor("clerk"), school=cast.school, batch_id=batch.pk
    )


def test_an_import_that_a_check_leans_on_is_not_undone_and_says_so(cast: Cast) -> None:
    batch = bring_in(cast, csv_file([pupil("甲一")]))
    cast.pupils[cast.klass.pk].append(person(cast, "甲一"))
    check(cast, 40)
    run_jobs()
    fault = refused(
        "roster.undo_depends",
        call=undo_roster,
        actor=cast.actor("clerk"),
        school=cast.school,
        batch_id=batch.pk,
    )
    assert "晨午检 1 条" in fault.faults[0].zh
    assert "健康管理 1 条" in fault.faults[0].zh
    assert person(cast, "甲一").left_on is None


def test_an_import_whose_rows_were_changed_since_is_not_undone(cast: Cast) -> None:
    number = f"G{identity(12)}"
    first = bring_in(cast, csv_file([pupil("甲一", number=number)]))
    bring_in(cast, csv_file([pupil("甲一", number=number, 房间="302")]))
    refused(
        "orgs.changed_since",
        call=undo_roster,
        actor=cast.actor("clerk"),
        school=cast.school,
        batch_id=first.pk,
    )


def test_a_guardian_link_given_since_stands_in_the_way(cast: Cast) -> None:
    from xiaodun.responsibility.roster.guardians import issue_guardian_key

    batch = bring_in(cast, csv_file([pupil("甲一", 监护人1姓名="甲妈")]))
    with school_scope(cast.school):
        issue_guardian_key(actor=cast.actor("clerk"), guardian=Guardian.objects.in_scope().get())
    refused(
        "roster.undo_depends",
        call=undo_roster,
        actor=cast.actor("clerk"),
        school=cast.school,
        batch_id=batch.pk,
    )
    assert GuardianKey.objects.count() == 1


def test_guardians_of_a_file_are_added_and_corrected_never_ended(cast: Cast) -> None:
    number = f"G{identity(12)}"
    bring_in(
        cast,
        csv_file(
            [pupil("甲一", number=number, 监护人1姓名="甲妈", 监护人1关系="母亲", 监护人1电话="13800138001")]
        ),
    )
    bring_in(cast, csv_file([pupil("甲一", number=number, 监护人1姓名="甲妈", 监护人1电话="13800138002")]))
    bring_in(cast, csv_file([pupil("甲一", number=number, 监护人1姓名="甲爸", 监护人1关系="父亲")]))
    with school_scope(cast.school):
        kept = list(Guardian.objects.in_scope().order_by("pk").values_list("name", "relation", "first"))
    assert kept == [("甲妈", "mother", True), ("甲爸", "father", False)]


def test_two_schools_keep_two_rosters(cast: Cast) -> None:
    with school_scope(cast.other_school):
        before = Enrolment.objects.in_scope().count()
    bring_in(cast, csv_file([pupil("甲一", number=f"G{identity(12)}")]))
    with school_scope(cast.other_school):
        assert Enrolment.objects.in_scope().count() == before
        assert not Person.objects.in_scope().filter(name="甲一").exists()
