"""Texts as people and programs leave them in cells, rich in what has a meaning for spreadsheets, CSV and XML."""

from hypothesis import strategies as st

# Without what is dropped when written and refused when read: control characters and marks of lost ones.
_LETTERS = st.characters(
    exclude_categories=("Cs", "Cc"), exclude_characters="\ufff9\ufffa\ufffb\ufffc\ufffd\ufffe\uffff"
)
TEXTS = st.text(_LETTERS | st.sampled_from("=+-@'\",;_x&<※\n\t\r\u3000 "), max_size=20)
