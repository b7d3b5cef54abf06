"""The office's first page says what is missing and offers what the reader may do, nothing else."""

from __future__ import annotations

import pytest
from tests.cast import Cast
from tests.web.office.desk import at_desk, page


@pytest.mark.requirement("R42")
def test_the_clerk_sees_figures_that_lead_to_their_rows(cast: Cast) -> None:
    said = page(at_desk(cast), f"/office/{cast.school.pk}")
    assert f'href="/office/{cast.school.pk}/roster?of=all">80<' in said
    assert f'href="/office/{cast.school.pk}/roster?of=guardian">80<' in said
    assert "导入名册" in said


def test_the_principal_reads_figures_without_rows_and_is_offered_no_roster(cast: Cast) -> None:
    said = page(at_desk(cast, "principal"), f"/office/{cast.school.pk}")
    assert "80" in said
    assert f"/office/{cast.school.pk}/roster" not in said
    assert f"/office/{cast.school.pk}/export" in said


def test_who_has_nothing_to_do_here_finds_no_page(cast: Cast) -> None:
    for who in ("teacher", "doctor", "stranger", "nobody"):
        assert at_desk(cast, who).get(f"/office/{cast.school.pk}").status_code == 404
