"""A photograph from outside made safe and small: decoded, stripped of everything but its pixels, encoded again."""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageOps, UnidentifiedImageError

from xiaodun.kernel.errors import Fault, Refused

MOST_BYTES = 8_000_000
MOST_PIXELS = 40_000_000  # a telephone's camera; decoded it is 120 MB at most, half of that for a JPEG read at a smaller scale
EDGE = 1600
QUALITY = 80
KINDS = ("JPEG", "PNG", "WEBP")
_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error)


def shrink(data: bytes) -> tuple[bytes, int, int]:
    """JPEG bytes, width and height, no edge over EDGE pixels, no metadata of any kind.

    Refused `photo.too_big` and `photo.unreadable`; the size is looked at before anything is decoded.
    """
    if len(data) > MOST_BYTES:
        zh, en = (
            "照片超过 8 MB。重拍一张，或选“看过纸质证明”",
            "over 8 MB; take another, or choose “paper seen”",
        )
        raise Refused(Fault("photo.too_big", zh, en, "photo", str(len(data))))
    try:
        with Image.open(io.BytesIO(data), formats=KINDS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise Refused(_too_big())
            found.draft("RGB", (EDGE, EDGE))
            picture = _on_white(ImageOps.exif_transpose(found))
    except Image.DecompressionBombError as error:
        raise Refused(_too_big()) from error
    except _BROKEN as error:
        zh, en = "读不出这张照片。用 JPG 或 PNG 重拍", "the photo cannot be read; take it as JPG or PNG"
        raise Refused(Fault("photo.unreadable", zh, en, "photo", type(error).__name__)) from error
    picture.thumbnail((EDGE, EDGE))
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue(), clean.width, clean.height


def _on_white(picture: Image.Image) -> Image.Image:
    """In plain colours; what was transparent is paper."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper


def _too_big() -> Fault:
    zh, en = "照片像素过多。用手机相机的普通尺寸重拍", "too many pixels; take it at the camera's usual size"
    return Fault("photo.too_big", zh, en, "photo")
