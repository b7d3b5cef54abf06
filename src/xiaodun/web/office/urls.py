from __future__ import annotations

from django.urls import URLPattern, path

from xiaodun.web.office import corrections, devices, duties, explain, people, school_year, transfer, units

app_name = "office"
urlpatterns: list[URLPattern] = [
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
    path("office/correction/<int:correction_id>/answer", corrections.answer, name="answer_correction"),
]
