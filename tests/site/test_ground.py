"""The ground under a command: what its processes are told, and when the database is prepared anew."""

from __future__ import annotations

import types
from pathlib import Path

import pytest

from xiaodun.kernel.errors import Refused
from xiaodun.site import ground

ENVIRONMENT = {"DATABASE_URL": "postgresql://app@/one"}


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """The environments with which the database was prepared; nothing is really run."""
    runs: list[dict[str, str]] = []

    def run(words: list[str], *, env: dict[str, str], check: bool) -> types.SimpleNamespace:
        runs.append(env)
        return types.SimpleNamespace(returncode=int(env.get("FAILS", "0")))

    monkeypatch.setattr(ground.subprocess, "run", run)
    return runs


def test_database_is_prepared_once_as_its_owner(tmp_path: Path, prepared: list[dict[str, str]]) -> None:
    ground.prepare(tmp_path, ENVIRONMENT)
    ground.prepare(tmp_path, ENVIRONMENT)
    assert [run["XIAODUN_AS_OWNER"] for run in prepared] == ["1"]


def test_another_database_or_other_migrations_are_prepared_again(
    tmp_path: Path, prepared: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ground.prepare(tmp_path, ENVIRONMENT)
    ground.prepare(tmp_path, {"DATABASE_URL": "postgresql://app@/two"})
    monkeypatch.setattr(ground, "_migrations_digest", lambda: "changed")
    ground.prepare(tmp_path, {"DATABASE_URL": "postgresql://app@/two"})
    assert len(prepared) == 3


def test_failed_preparation_is_refused_and_tried_again(
    tmp_path: Path, prepared: list[dict[str, str]]
) -> None:
    with pytest.raises(Refused) as refused:
        ground.prepare(tmp_path, ENVIRONMENT | {"FAILS": "1"})
    assert refused.value.code == "database.not_prepared"
    ground.prepare(tmp_path, ENVIRONMENT)
    assert len(prepared) == 2


def test_secret_key_is_made_once_for_a_folder_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = (ground.django_environment(tmp_path, {})["XIAODUN_SECRET_KEY"] for _n in range(2))
    assert first == second
    assert len(first) >= 50
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert ground.django_environment(tmp_path / "other", {})["XIAODUN_SECRET_KEY"] != first


def test_secret_key_of_an_operator_is_left_as_it_is(tmp_path: Path) -> None:
    named = ground.django_environment(tmp_path, {"XIAODUN_SECRET_KEY": "of the operator"})
    assert named["XIAODUN_SECRET_KEY"] == "of the operator"
    assert not (tmp_path / "secret").exists()


def test_a_database_of_ones_own_is_used_and_no_server_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/x")
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db/x")
    with ground.mended_database(tmp_path) as (environment, mend):
        mend()
        assert environment["DATABASE_URL"] == "postgresql://app@db/x"
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_ones_own_needs_its_owners_address_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/x")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    with pytest.raises(Refused, match=r"settings\.owner_url"), ground.database(tmp_path):
        pass
