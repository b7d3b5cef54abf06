"""Planted fault of the kill test: a build that acknowledges a check before it commits it. Never shipped.

    python early_answer.py demo ...      serves the demo with this web application instead of the product's

The check is handled as ever, up to its commit: that is left to a thread, which takes the connection along.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

PAUSE_SECONDS = 0.5

_request = threading.local()


class EarlyAnswer:
    """The product's application; while it handles a check, commits come late."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        check = (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == ("POST", "/api/v1/checks")
        _request.is_check = check
        try:
            return self.application(environ, start_response)
        finally:
            _request.is_check = False


def plant() -> None:
    """Patch Django's commit inside this process."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    honest = BaseDatabaseWrapper.commit

    def commit(self: BaseDatabaseWrapper) -> None:
        if not getattr(_request, "is_check", False):
            honest(self)
            return
        given, self.connection = self.connection, None
        threading.Timer(PAUSE_SECONDS, _commit, [given]).start()

    BaseDatabaseWrapper.commit = commit  # type: ignore[method-assign]


def _commit(given: Any) -> None:
    given.commit()
    given.close()


def main() -> int:
    from xiaodun.site import demo
    from xiaodun.site.command import main as command

    words = demo.web_command

    def planted(port: int, workers: int = 2) -> list[str]:
        product, ours = "xiaodun.site.wsgi:application", "early_answer:application"
        return [ours if word == product else word for word in words(port, workers)]

    demo.web_command = planted
    return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

from xiaodun.site.wsgi import application as _product  # noqa: E402 - only where it serves

plant()
application = EarlyAnswer(_product)
