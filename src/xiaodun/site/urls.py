"""Every address of the product. A test holds each of them to a declared policy."""

from __future__ import annotations

from allauth.account import views as allauth
from allauth.mfa.base import views as factor
from django.urls import include, path

from xiaodun.api.app import api
from xiaodun.responsibility.accounts.doors import public, signed_in
from xiaodun.site import account, faults, identities, second_factor, views

urlpatterns = [
    path("", views.front, name="front"),
    path("home", views.home, name="home"),
    path("language", views.set_language, name="set_language"),
    path("large-type", views.large_type, name="large_type"),
    path("demo/<str:username>", views.demo_sign_in, name="demo_sign_in"),
    path("healthz", views.healthz, name="healthz"),
    path("account", account.account, name="account"),
    path("account/sign-in", public(account.SignIn.as_view()), name="account_login"),
    path("account/code", public(factor.authenticate), name="mfa_authenticate"),
    path("account/confirm", signed_in(account.Confirm.as_view()), name="account_reauthenticate"),
    path("account/confirm/code", signed_in(account.ConfirmByCode.as_view()), name="mfa_reauthenticate"),
    path("account/password", account.password, name="password"),
    path("account/first/<str:key>", account.set_password, name="set_password"),
    path("account/second-factor", second_factor.second_factor, name="second_factor"),
    path("account/second-factor/on", second_factor.on, name="second_factor_on"),
    path("account/second-factor/off", second_factor.off, name="second_factor_off"),
    path("account/second-factor/codes", second_factor.codes, name="recovery_codes"),
    path("account/identity/bind", identities.bind, name="bind_identity"),
    path("account/identity/unbind", identities.unbind, name="unbind_identity"),
    path("account/oidc/<str:provider_id>", identities.sign_in, name="openid_connect_login"),
    path("account/oidc/<str:provider_id>/back", identities.callback, name="openid_connect_callback"),
    path("account/sign-out", signed_in(allauth.logout), name="account_logout"),
    path("account/closed", public(views.closed), name="account_signup"),
    path("account/inactive", public(allauth.account_inactive), name="account_inactive"),
    path("", include("xiaodun.web.classroom.urls")),
    path("", include("xiaodun.web.school.urls")),
    path("", include("xiaodun.web.bureau.urls")),
    path("", include("xiaodun.web.partner.urls")),
    path("", include("xiaodun.web.office.urls")),
    path("", include("xiaodun.web.family.urls")),
    path("api/v1/", api.urls),
]

handler400, handler403, handler404, handler500 = (
    faults.bad_request,
    faults.forbidden,
    faults.not_found,
    faults.server_error,
)
