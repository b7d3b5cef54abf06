from __future__ import annotations

from django.urls import URLPattern, path

from xiaodun.web.office import devices, duties, explain, people

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
]
