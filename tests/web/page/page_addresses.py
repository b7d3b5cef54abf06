"""The addresses that the shared frame asks for by name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("language", nothing, name="set_language"),
    path("large-type", nothing, name="large_type"),
    path("account/sign-in", nothing, name="account_login"),
    path("account/sign-out", nothing, name="account_logout"),
]
