from __future__ import annotations

from django.urls import URLPattern, path

from xiaodun.web.office import (
    corrections,
    devices,
    duplicates,
    duties,
    explain,
    exporting,
    groups,
    home,
    importing,
    links,
    people,
    person,
    roster,
    school_year,
    transfer,
    units,
)

app_name = "office"
urlpatterns: list[URLPattern] = [
    path("office/<int:org_id>", home.home, name="home"),
    # the roster, one person, groups
    path("office/<int:org_id>/roster", roster.roster, name="roster"),
    path("office/<int:org_id>/roster/find", roster.search, name="search"),
    path("office/<int:org_id>/person", person.add, name="add_person"),
    path("office/person/<int:person_id>", person.person, name="person"),
    path("office/person/<int:person_id>/edit", person.edit, name="edit_person"),
    path("office/person/<int:person_id>/number", person.number_of, name="number"),
    path("office/person/<int:person_id>/leave", person.leave, name="leave"),
    path("office/person/<int:person_id>/return", person.come_back, name="come_back"),
    path("office/person/<int:person_id>/guardian", person.guardian, name="add_guardian"),
    path("office/group/<int:group_id>", groups.group, name="group"),
    path("office/group/<int:group_id>/put-in", groups.put_in, name="put_in"),
    path("office/group/<int:group_id>/take-out", groups.take_out, name="take_out"),
    # links of guardians
    path("office/class/<int:class_id>/links", links.links, name="links"),
    path("office/guardian/<int:guardian_id>/link", links.give, name="give_guardian_link"),
    path("office/guardian/<int:guardian_id>/revoke", links.revoke, name="revoke_guardian_link"),
    path("office/guardian/<int:guardian_id>/end", links.end, name="end_guardian"),
    # files in, lists out
    path("office/<int:org_id>/import", importing.upload, name="import"),
    path("office/<int:org_id>/template", importing.template_file, name="template"),
    path("office/import/<int:batch_id>", importing.batch, name="batch"),
    path("office/import/<int:batch_id>/choose", importing.choose, name="choose"),
    path("office/import/<int:batch_id>/apply", importing.apply, name="apply"),
    path("office/import/<int:batch_id>/undo", importing.undo, name="undo_import"),
    path("office/import/<int:batch_id>/discard", importing.discard, name="discard"),
    path("office/<int:org_id>/export", exporting.export, name="export"),
    path("office/export/<int:export_id>/approve", exporting.approve, name="approve_export"),
    path("office/export/<int:export_id>/take", exporting.take, name="take_export"),
    # persons who may be one
    path("office/<int:org_id>/duplicates", duplicates.duplicates, name="duplicates"),
    path("office/pair/<int:pair_id>/merge", duplicates.merge, name="merge"),
    path("office/pair/<int:pair_id>/apart", duplicates.apart, name="apart"),
    # who is on duty
    path("office/<int:org_id>/duties", duties.duties, name="duties"),
    path("office/<int:org_id>/post", duties.post, name="post"),
    path("office/<int:org_id>/post/appoint", duties.appoint_one, name="appoint"),
    path("duty/<int:duty_id>/end", duties.end, name="end_duty"),
    path("duty/<int:duty_id>/hand-over", duties.hand_over_one, name="hand_over"),
    # accounts and devices
    path("office/<int:org_id>/account", people.open_one, name="open_account"),
    path("office/account/<int:account_id>", people.account, name="account"),
    path("office/account/<int:account_id>/link", people.give_link, name="give_link"),
    path("office/account/<int:account_id>/close", people.close, name="close_account"),
    path("office/account/<int:account_id>/reopen", people.reopen, name="reopen_account"),
    path("office/account/<int:account_id>/identity", people.bind, name="bind_identity"),
    path("office/account/<int:account_id>/identity/remove", people.unbind, name="unbind_identity"),
    path("office/account/<int:account_id>/devices/revoke", devices.revoke_of, name="revoke_devices"),
    path("account/devices", devices.my_devices, name="my_devices"),
    path("account/devices/revoke", devices.revoke_all_mine, name="revoke_my_devices"),
    path("account/devices/<int:token_id>/revoke", devices.revoke_mine, name="revoke_my_device"),
    # why somebody sees something
    path("office/<int:org_id>/explain", explain.explain_access, name="explain"),
    path("account/access", explain.my_access, name="my_access"),
    # units through time
    path("office/<int:org_id>/units", units.units, name="units"),
    path("office/unit/<int:org_id>", units.unit_page, name="unit"),
    path("office/unit/<int:org_id>/change", units.change, name="change_unit"),
    path("office/change/<int:change_id>/undo", units.undo, name="undo_change"),
    path("office/<int:org_id>/school-year", school_year.school_year, name="school_year"),
    # pupils who change class or school
    path("office/<int:school_id>/transfer", transfer.transfer, name="transfer"),
    path("office/<int:school_id>/transfer/offer", transfer.offer, name="offer"),
    path("office/<int:school_id>/transfer/accept", transfer.accept, name="accept"),
    path("office/<int:school_id>/transfer/move", transfer.move, name="move_pupil"),
    path("office/<int:school_id>/transfer/withdraw", transfer.withdraw, name="withdraw"),
    path("office/<int:school_id>/transfer/undo", transfer.undo, name="undo_transfer"),
    # what families say is wrong
    path("office/<int:school_id>/corrections", corrections.corrections, name="corrections"),
    path("office/correction/<int:roster_correction_id>/answer", corrections.answer, name="answer_correction"),
]
