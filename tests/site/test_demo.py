"""`xiaodun demo` as a newcomer meets it: ready means ready, one demo for a folder, nothing left behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from tests.site.running import PROC, Running, answers, ended_after, eventually, needs_proc

from xiaodun.kernel.errors import Refused
from xiaodun.site import demo

SMALL = ("--schools", "3")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for this file: the county is loaded once, the tests start and stop it."""
    return tmp_path_factory.mktemp("county")


@pytest.fixture(scope="class")
def served(folder: Path) -> Iterator[Running]:
    running = Running(folder, *SMALL)
    with ended_after(running):
        running.ready()
        yield running


pytestmark = [needs_proc, pytest.mark.xdist_group("demo")]


class TestServed:
    """Tests of one running demo."""

    def test_front_page_answers_as_soon_as_the_address_is_printed(self, served: Running) -> None:
        with urllib.request.urlopen(served.url, timeout=60) as page:
            body = page.read().decode()
        assert page.status == 200
        assert "/demo/demo-teacher" in body

    def test_each_printed_sign_in_link_leads_to_a_page_of_its_role(self, served: Running) -> None:
        eventually(lambda: any("demo-cdc" in word for word in served.words), "the last link is printed")
        links = [word.strip() for word in served.words if "/demo/demo-" in word]
        assert len(links) >= 7
        for link in links:
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
            with opener.open(link, timeout=60) as page:
                assert page.status == 200
                assert "/demo/" not in page.url
                assert "sign-in" not in page.url

    def test_it_listens_on_the_loopback_address_only(self, served: Running) -> None:
        port = int(served.url.rpartition(":")[2])
        assert _listening(port) == {"0100007F"}

    def test_second_demo_on_the_same_folder_prints_the_same_address_and_ends(self, served: Running) -> None:
        second = Running(served.folder, *SMALL)
        with ended_after():
            assert second.process.wait(120) == 0
            assert second.ready() == served.ready()
        assert answers(served.url)

    def test_a_taken_port_is_refused_before_anything_is_started(
        self, served: Running, tmp_path: Path
    ) -> None:
        port = served.url.rpartition(":")[2]
        other = Running(tmp_path / "other", "--port", port)
        with ended_after(other):
            assert other.process.wait(120) == 2
            eventually(lambda: bool(other.complaints), "the error line is read", 10)
        assert other.complaints[0].startswith(f"error demo.port_taken :--port: {port}: ")
        assert other.words == []
        assert not (tmp_path / "other" / "pg").exists()

    def test_a_killed_web_server_and_a_killed_worker_are_started_again(self, served: Running) -> None:
        for what in ("web", "worker"):
            eventually(lambda what=what: bool(served.pids(what)), f"{what} runs")
            old = set(served.pids(what))
            for pid in old:
                os.kill(pid, signal.SIGKILL)
            eventually(lambda what=what, old=old: bool(set(served.pids(what)) - old), f"{what} runs again")
            eventually(lambda: answers(f"{served.url}/healthz"), "pages are served")
            assert any(f"{what} ended (-9)" in line for line in served.complaints)

    def test_a_killed_database_is_started_again(self, served: Running) -> None:
        for pid in served.pids("database"):
            os.kill(pid, signal.SIGKILL)
        eventually(
            lambda: any("database ended" in line for line in served.complaints), "the death is noticed"
        )
        eventually(lambda: answers(f"{served.url}/healthz"), "pages are served")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_demo_ends_with_130_and_leaves_no_process(number: signal.Signals, folder: Path) -> None:
    running = Running(folder, *SMALL)
    with ended_after(running):
        running.ready()
        eventually(lambda: bool(running.pids("worker")), "the worker runs")
        assert running.send(number) == 130
        assert running.left() == []


def test_demo_interrupted_while_it_starts_leaves_no_process(tmp_path: Path) -> None:
    running = Running(tmp_path / "new", *SMALL)
    with ended_after(running):
        eventually(lambda: any("people" in line for line in running.complaints), "the county is being loaded")
        assert running.send(signal.SIGTERM) == 130
        assert running.left() == []
        assert running.words == []


def test_demo_in_a_scripts_background_hears_an_interrupt(folder: Path) -> None:
    """`demo &` in a shell script starts with SIGINT turned off."""
    running = Running(folder, *SMALL, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    with ended_after(running):
        running.ready()
        assert running.send(signal.SIGINT) == 130
        assert running.left() == []


def test_killed_demo_frees_its_port_and_is_started_again_on_it(folder: Path) -> None:
    first = Running(folder, *SMALL)
    port = first.url.rpartition(":")[2]
    again = None
    try:
        eventually(lambda: bool(first.pids("worker")), "the worker runs")
        first.send(signal.SIGKILL)
        again = Running(folder, *SMALL, "--port", port)
        assert again.ready() == first.ready()
        assert answers(again.url)
        eventually(lambda: len(again.pids("worker")) == 1, "the first one's worker has ended")
        assert again.send(signal.SIGTERM) == 130
        assert again.left() == []
    finally:
        with ended_after(first, *([again] if again else [])):
            pass


def test_web_server_that_never_comes_up_ends_the_command_with_the_place_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "web_command", lambda port: ["false"])
    for name in ("prepare", "_load", "_shift"):
        monkeypatch.setattr(demo, name, lambda *_arguments: 0)
    options = demo.Options(0, tmp_path, 3)
    with pytest.raises(Refused) as refused:
        demo._serve(options, 1, {"DATABASE_URL": "unused"}, lambda: None)
    assert refused.value.code == "demo.not_ready"
    assert refused.value.faults[0].file == str(tmp_path / "demo.log")


@pytest.mark.parametrize("port", ["1", "1023", "65536", "-1"])
def test_port_outside_the_range_is_refused(port: str) -> None:
    with pytest.raises(Refused) as refused:
        demo._options(["--port", port])
    assert refused.value.code == "demo.port"
    assert refused.value.faults[0].value == port


def test_a_listener_elsewhere_makes_a_port_taken_and_its_end_frees_it() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(Refused, match=r"demo\.port_taken"):
            demo._port(port)
    assert demo._port(port) == port


def _listening(port: int) -> set[str]:
    """Hexadecimal addresses on which somebody listens at the port, of both kinds."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in (PROC / "net" / table).read_text().splitlines()[1:]:
            _number, local, _remote, state = line.split()[:4]
            address, _colon, at = local.partition(":")
            if state == "0A" and int(at, 16) == port:
                found.add(address)
    return found


@pytest.mark.django_db
class TestOutsideTheDemo:
    """The sign-in links are no doors of a real installation."""

    def test_there_is_no_such_address(self, cast: object, client, settings) -> None:  # type: ignore[no-untyped-def]
        from xiaodun.responsibility.accounts.models import Account

        Account.objects.filter(username="teacher").update(username="demo-teacher")
        settings.DEMO = True
        assert client.get("/demo/demo-teacher").status_code == 302
        client.logout()
        settings.DEMO = False
        response = client.get("/demo/demo-teacher")
        assert response.status_code == 404
        assert "_auth_user_id" not in client.session

    def test_front_page_shows_no_sign_in_link(self, cast: object, client, settings) -> None:  # type: ignore[no-untyped-def]
        from xiaodun.responsibility.accounts.models import Account

        Account.objects.filter(username="teacher").update(username="demo-teacher")
        settings.DEMO = False
        body = client.get("/").content.decode()
        assert not re.search(r"/demo/", body)
