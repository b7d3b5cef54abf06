"""Shows the gallery in a real Chromium under the policy that the product sends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.conftest import SWITCHES, browser_path

POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; object-src 'none'"
SIZES = {"phone": (360, 640), "desk": (1280, 800)}


class _Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=SWITCHES)
        try:
            yield browser
        finally:
            browser.close()


def look(folder: Path) -> None:
    """Writes the pages and a picture of each in both sizes."""
    from page_gallery import PAGES, lay_out

    lay_out(folder)
    with served(folder) as address, chromium() as browser:
        for size, (width, height) in SIZES.items():
            view = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=1.5)
            for page in PAGES:
                view.goto(f"{address}/{page}.html")
                view.screenshot(path=str(folder / f"{page}-{size}.png"), full_page=True)
