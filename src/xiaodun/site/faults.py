"""What a person sees when something went wrong: what happened, what to do, the code; for the API a problem document."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from xiaodun.api.problems import WORDS, problem


def _page(request: HttpRequest, status: int, code: str, what: str, remedy: str) -> HttpResponse:
    if request.path.startswith("/api/") and status in WORDS:
        return problem(status, code)
    return render(
        request,
        "page/error.html",
        {"code": code, "what": what, "remedy": remedy, "status": status},
        status=status,
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 400, "bad_request", _("这个请求读不懂"), _("回到上一页再试一次。"))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(request, 403, "forbidden", _("这一页不归您看"), _("需要时找本校疫情报告人。"))


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, "csrf", _("登录已变化，这次没有提交"), _("刷新页面再提交一次，填过的不会丢。"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request, 404, "not_found", _("没有这一页"), _("可能地址有误，或不在您的职责范围内。回到首页看看。")
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _page(
        request, 500, "server_error", _("系统出错，已记下"), _("您填的内容没有保存。稍后再提交一次。")
    )


def locked(request: HttpRequest, *_args: object, **_kwargs: object) -> HttpResponse:
    """Too many misses, counted as accounts/lockout.py says; the words are the same whoever was meant."""
    return _page(
        request,
        429,
        "account.locked",
        _("连错太多次，先等一等"),
        _("等15分钟再试，或用您常用的那台设备登录。忘了密码，找给您开账号的学校或教育局要一次性链接。"),
    )
