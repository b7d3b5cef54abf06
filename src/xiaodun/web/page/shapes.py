"""Every small drawing of the product, by name: states, tools, symptoms; in the ink of the text around them.

A shape is the inside of an SVG on a grid of 16, a pictogram on a grid of 24. Marks inside a filled figure are
cut out with the even-odd rule instead of painted over in white: so they hold on any ground and in print.
"""

from __future__ import annotations

from html import escape


def _line(path: str, width: float = 1.8, dashes: str = "") -> str:
    ends = f'stroke-dasharray="{dashes}"' if dashes else 'stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="{width:g}" {ends}/>'


def _solid(path: str) -> str:
    return f'<path d="{path}" fill="currentColor" fill-rule="evenodd"/>'


def _ring(radius: float, width: float, *, x: float = 8, y: float = 8, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="none" stroke="currentColor"'
        f' stroke-width="{width:g}"{dashed}/>'
    )


def _dots(radius: float, *centres: tuple[float, float]) -> str:
    return "".join(f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="currentColor"/>' for x, y in centres)


_FRAME = "M2 2h12v12H2z"
_HATCHED = _line(_FRAME, 2) + _line("M2.5 8.5l6-6M2.5 13.5l11-11M7.5 13.5l6-6", 1.5)
_OCTAGON = "M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z"
_SQUARE = "M3.3 2h9.4q1.3 0 1.3 1.3v9.4q0 1.3-1.3 1.3H3.3Q2 14 2 12.7V3.3Q2 2 3.3 2z"
_TICK = "M2 8.6l3.9 3.9L14 3.8"

SHAPES: dict[str, str] = {
    # what came in
    "reported": _dots(6.6, (8, 8)),
    "nil": _ring(5.5, 2.2),
    "late": _ring(5.8, 1.7) + _solid("M8 2.2a5.8 5.8 0 0 1 0 11.6z"),
    "missing": _HATCHED,
    # more sides, more serious: 3, 4, 5, 8
    "signal": _line("M8 2.5l6.4 11.1H1.6z", 2),
    "cluster": _solid("M8 .6L15.4 8 8 15.4.6 8z"),
    "outbreak": _solid("M8 .8l7.2 5.3-2.7 8.4h-9L.8 6.1z"),
    "emergency": _solid(_OCTAGON + "M6.9 3.5h2.2l-.4 5.7H7.3zM6.9 10.7h2.2v2.1H6.9z"),
    # the road of one record
    "on_device": _line(
        "M5.2 1.6h5.6q1.2 0 1.2 1.2v10.4q0 1.2-1.2 1.2H5.2Q4 14.4 4 13.2V2.8q0-1.2 1.2-1.2z", 1.7
    )
    + _line("M7.3 11.7h1.4"),
    "sent": _line("M8 14V2.9M3.5 7.3L8 2.8l4.5 4.5", 2),
    "confirmed": _line(_TICK, 2.2),
    "unsent": _HATCHED,
    "waiting": _ring(5.9, 1.7) + _line("M8 4.6V8l2.4 1.6", 1.7),
    "todo": _ring(2.8, 1.6),
    # a pupil: ink, never an alarm colour
    "absent_carried": _solid(_SQUARE + "M4.6 7v2h6.8V7z"),
    "absent": _line(_SQUARE, 1.7) + _line("M5.2 8h5.6"),
    "ask": _ring(6.7, 1.7, dashes="2.2 2")
    + _line("M6.2 6.5a1.8 1.8 0 1 1 2.7 1.6c-.7.4-.9.7-.9 1.3", 1.5)
    + _dots(0.95, (8, 11.4)),
    # the gate, the duty matrix
    "admit": _ring(6.9, 1.4) + _line("M4.8 8.2l2.3 2.3 4.2-4.7", 1.6),
    "refuse": _line(_OCTAGON, 1.4) + _line("M5 8h6"),
    "blank": _line(_FRAME, 1.8, "3 2"),
    "double_owner": _line(_FRAME, 1.8) + _line("M8 2v12", 1.8),
    # tools
    "offline": _line("M2 2l12 12M1.7 6.4A9.6 9.6 0 0 1 4.6 4.5M7.2 3.6a9.6 9.6 0 0 1 7.1 2.8", 1.5)
    + _line("M4.2 9.2a6 6 0 0 1 2.4-1.5M10.7 8.3a6 6 0 0 1 1.1.9", 1.5)
    + _dots(1.3, (8, 12.4)),
    "search": _ring(4.6, 1.7, x=6.8, y=6.8) + _line("M10.3 10.3L14 14", 1.7),
    "undo": _line("M5.6 3l-3 3 3 3M2.6 6h6.6a3.9 3.9 0 0 1 0 7.8H6", 1.7),
    "call": _line(
        "M3.6 2.2h2.2l1.1 2.9-1.5 1.2a8 8 0 0 0 4.3 4.3l1.2-1.5 2.9 1.1v2.2"
        "q0 1.5-1.5 1.5A10.2 10.2 0 0 1 2.1 3.7q0-1.5 1.5-1.5z",
        1.5,
    ),
    # keys of charts
    "key_solid": _solid("M1 1h14v14H1z"),
    "key_open": _line("M2 2h12v12H2z", 2),
    "key_line": _line("M1 8h14", 2),
    "key_band": _solid("M0 3h16v10H0z"),
    "key_edge": _line("M8 1.5l5.8 3.3v6.4L8 14.5l-5.8-3.3V4.8z", 2.6),
}

PICTOGRAMS: dict[str, str] = {
    "brand": _line("M12 2.6l8 2.9v6.3c0 4.6-3.3 8-8 9.6-4.7-1.6-8-5-8-9.6V5.5z")
    + _line("M8 15.4v-4.6L12 8l4 2.8v4.6M12 15.4v-3"),
    # a thermometer with its scale
    "fever": _line("M7.7 13.5V5.3a2.3 2.3 0 0 1 4.6 0v8.2a4.3 4.3 0 1 1-4.6 0z")
    + _line("M10 9v6M16 5h4M16 8.5h2.5M16 12h4")
    + _dots(2, (10, 17)),
    # a head that coughs to the right
    "cough": _ring(4.6, 1.8, x=8.5, y=8)
    + _line("M2 21c0-4.2 2.7-6.5 6.5-6.5S15 16.8 15 21M16.5 8.5h5.5M16 5l4.5-2M16 12l4.5 2"),
    # an open mouth: the palate and the sore in the throat
    "sore_throat": _line("M3 12c0-5 3.8-8.5 9-8.5s9 3.5 9 8.5-3.8 8.5-9 8.5S3 17 3 12z")
    + _line("M6.5 12.5c.4-3.3 2.2-5 4.3-5.2v3.2a1.2 1.2 0 0 0 2.4 0V7.3c2.1.2 3.9 1.9 4.3 5.2")
    + _dots(2.1, (12, 15.8)),
    # a head bent over a basin
    "vomiting": _ring(4.4, 1.8, x=7.5, y=7)
    + _line(
        "M11.5 9c3 .7 4.5 2.5 4.5 5.5M10.5 11c1.6.6 2.3 1.7 2.3 3.5"
        "M8 17.5h13c0 2.8-2.5 4.5-6.5 4.5S8 20.3 8 17.5z"
    ),
    # a toilet
    "diarrhoea": _line(
        "M4.5 3h4.5v8.5H4.5zM4.5 11.5H20c0 3.5-2.3 5.7-5.5 6.2V21.5h-6v-4.2c-2.5-.8-4-2.8-4-5.8z"
    ),
    # spots on the trunk
    "rash": _line("M8.5 2.5c0 2.5-2 3.3-4.5 4v5.5l3 .5v9h10v-9l3-.5V6.5c-2.5-.7-4.5-1.5-4.5-4")
    + _dots(
        1.2, (9.5, 8), (14.2, 7.2), (12, 11), (15, 12.5), (9.5, 14), (12.8, 16), (10.2, 18.6), (14.8, 18.8)
    ),
    # an inflamed eye that waters
    "conjunctivitis": _line("M2 10c2.8-4 6.2-6 10-6s7.2 2 10 6c-2.8 4-6.2 6-10 6s-7.2-2-10-6z")
    + _ring(2.9, 1.8, x=12, y=10)
    + _line("M5 10l2.5-.6M19 10l-2.5-.6M5.8 11.5l2-.2M18.2 11.5l-2-.2", 1.3)
    + _solid("M17 17.5c1.2 1.6 1.8 2.5 1.8 3.3a1.8 1.8 0 0 1-3.6 0c0-.8.6-1.7 1.8-3.3z"),
    "other": _ring(9, 1.8, x=12, y=12) + _dots(1.4, (7.8, 12), (12, 12), (16.2, 12)),
}


def drawing(name: str, *, label: str = "", size: str = "") -> str:
    """The named shape or pictogram as inline SVG. Without a label readers skip it: the word stands beside it.

    `size` is "" (as high as the text), "mid" (24 px) or "big" (40 px). LookupError for a name never drawn.
    """
    grid, inside = (16, SHAPES[name]) if name in SHAPES else (24, PICTOGRAMS[name])
    voice = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    kind = f"g {size}".rstrip()
    return f'<svg class="{kind}" viewBox="0 0 {grid} {grid}" {voice}>{inside}</svg>'
