"""Every address of the product. A test holds each of them to a declared policy."""

from __future__ import annotations

from allauth.account import views as allauth
from django.urls import include, path

from xiaodun.api.app import api
from xiaodun.responsibility.accounts.doors import public, signed_in
from xiaodun.site import faults, views

urlpatterns = [
    path("", views.front, name="front"),
    path("home", views.home, name="home"),
    path("language", views.set_language, name="set_language"),
    path("large-type", views.large_type, name="large_type"),
    path("demo/<str:username>", views.demo_sign_in, name="demo_sign_in"),
    path("healthz", views.healthz, name="healthz"),
    path("account/sign-in", public(allauth.login), name="account_login"),
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
