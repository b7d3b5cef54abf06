"""An office program opens what we write and sees, cell by cell, what we wrote. Needs LibreOffice; CI has none."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess

import pytest
from tests.foundation.sheets.test_writing import COLUMNS, MARK, ROWS

from xiaodun.foundation.sheets.cells import written
from xiaodun.foundation.sheets.columns import as_text
from xiaodun.foundation.sheets.writing import write_csv, write_xlsx

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.mark.skipif(OFFICE is None, reason="no LibreOffice on this machine: exports were not opened in it")
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_an_office_program_shows_every_cell_as_written(kind, tmp_path):
    file = tmp_path / f"table.{kind}"
    file.write_bytes(
        write_xlsx(COLUMNS, ROWS, title="名单", watermark=MARK)
        if kind == "xlsx"
        else write_csv(COLUMNS, ROWS, watermark=MARK)
    )
    out = tmp_path / "out"
    words = [
        str(OFFICE),
        f"-env:UserInstallation={(tmp_path / 'home').as_uri()}",
        "--headless",
        "--convert-to",
    ]
    # Comma, quotes, UTF-8; every field read as text where the source is CSV, for it has no types of its own.
    read = ["--infilter=Text - txt - csv (StarCalc):44,34,76,1,1/2/2/2/3/2/4/2/5/2"] if kind == "csv" else []
    to = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    subprocess.run(
        [*words, to, *read, "--outdir", str(out), str(file)], check=True, capture_output=True, timeout=180
    )

    (shown,) = out.glob("*.csv")
    lines = list(csv.reader(io.StringIO(shown.read_text(encoding="utf-8-sig"), newline="")))
    expected = [[column.heading() for column in COLUMNS]]
    expected += [
        [as_text(v) if isinstance(v, int | float) else written(as_text(v)) for v in row] for row in ROWS
    ]
    assert lines[: len(expected)] == expected
    assert lines[-1][0] == MARK.line()
