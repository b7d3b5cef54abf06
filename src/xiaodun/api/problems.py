"""problem+json (RFC 9457): a stable code for programs, words and a hint for people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import get_language
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from xiaodun.kernel.errors import Fault, Refused

WORDS = {
    401: ("unauthenticated", "先登录", "Sign in first"),
    403: ("forbidden", "这个班不归您报", "This class is not yours to report"),
    404: ("not_found", "没有这个地址或记录", "No such address or record"),
    409: ("conflict", "和已有的记录不一致", "This differs from what is stored"),
    500: (
        "server_error",
        "系统出错，已记下。稍后再发一次",
        "The server failed; it is logged. Send it again later",
    ),
    422: ("invalid", "内容不对", "The content is not valid"),
}


def language() -> str:
    return (get_language() or "zh-hans")[:2]


def problem(status: int, code: str, fault: Fault | None = None, **more: Any) -> JsonResponse:
    """One problem document. `more` adds members; none of them may hold a name."""
    _code, zh, en = WORDS[status]
    hint = fault.words(language()) if fault else (zh if language() == "zh" else en)
    body = {
        "type": "about:blank",
        "title": zh if language() == "zh" else en,
        "status": status,
        "code": code,
        "detail": f"{fault.where}: {fault.value}" if fault else "",
        "hint": hint,
        **more,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def refusal(refused: Refused, **more: Any) -> JsonResponse:
    faults = [
        {"code": f.code, "where": f.where, "value": f.value, "hint": f.words(language())}
        for f in refused.faults
    ]
    return problem(422, refused.code, refused.faults[0], faults=faults, **more)


def install(api: NinjaAPI) -> None:
    """Hang the handlers: every error of the API leaves as a problem document."""

    @api.exception_handler(Refused)
    def _refused(request: HttpRequest, error: Refused) -> JsonResponse:
        return refusal(error)

    @api.exception_handler(AuthenticationError)
    def _stranger(request: HttpRequest, error: AuthenticationError) -> JsonResponse:
        return problem(401, "unauthenticated")

    @api.exception_handler(HttpError)
    def _refused_at_the_door(request: HttpRequest, error: HttpError) -> JsonResponse:
        """CSRF is the one reason; the class page then asks for a fresh page."""
        return problem(error.status_code if error.status_code in WORDS else 403, "csrf")

    @api.exception_handler(ValidationError)
    def _invalid(request: HttpRequest, error: ValidationError) -> JsonResponse:
        faults = [
            {
                "code": f"api.{e['type']}",
                "where": ".".join(str(p) for p in e["loc"][1:]),
                "value": "",
                "hint": e["msg"],
            }
            for e in error.errors
        ]
        return problem(422, "api.invalid", None, faults=faults)
