"""Pictures made up for tests."""

from __future__ import annotations

import io

from PIL import Image


def photo(size: tuple[int, int] = (2400, 1800), kind: str = "JPEG", **facts: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **facts)
    return out.getvalue()
