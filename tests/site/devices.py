"""Phones that submit class checks over HTTP and keep their own record of what was acknowledged to them."""

from __future__ import annotations

import http.client
import json
import random
import threading
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from http.cookiejar import CookieJar
from typing import Any

ACKNOWLEDGED = (200, 201)
TRIES = 12
PAUSE_SECONDS = (0.02, 0.3)
CROSSING_EVERY = 6  # every so many checks of a device, one that crosses the rule of its class


@dataclass(slots=True)
class Sent:
    """One check as the device knows it. `status` is the last answer, None when there never was one."""

    client_id: str
    class_id: int
    day: str
    person_ids: tuple[int, ...]
    crossing: bool
    acknowledged: bool = False
    status: int | None = None


@dataclass(slots=True)
class Room:
    """A class as its device knows it: the day of the server, the revision it saw last for each day.

    `healthy` are three pupils without an illness, who fall ill on one day when the rule is to be crossed.
    """

    class_id: int
    healthy: list[int]
    others: list[int]
    today: str
    revisions: dict[str, int]
    crossed: bool = False


class Device(threading.Thread):
    """Submits checks of its own classes until it is told to stop; never shares a class with another device.

    A check without an answer is sent again with the same client id; after many tries it is given up, unacknowledged.
    """

    def __init__(self, url: str, token: str, rooms: list[Room], seed: int) -> None:
        super().__init__(daemon=True)
        self.url, self.token, self.rooms = url, token, rooms
        self.record: list[Sent] = []
        self.broken: list[str] = []
        self._draw = random.Random(seed)
        self._over = threading.Event()

    def run(self) -> None:
        pairs = [(room, day) for room in self.rooms for day in school_days(room.today)]
        self._draw.shuffle(pairs)
        while not self._over.is_set():
            for room, day in pairs:
                if self._over.is_set():
                    return
                self._submit(room, day)
                self._over.wait(self._draw.uniform(*PAUSE_SECONDS))

    def finish(self) -> None:
        self._over.set()
        self.join(120)
        assert not self.is_alive(), "a device does not end"
        assert self.broken == [], "the server refused what it should take"

    def _submit(self, room: Room, day: str) -> None:
        if day == room.today and room.crossed:
            return  # what crossed the rule stays, so that its signal can be asked for in the end
        crossing = day == room.today and len(self.record) % CROSSING_EVERY == 0 and len(room.healthy) == 3
        room.crossed = crossing
        ill = room.healthy if crossing else self._draw.sample(room.others, self._draw.randint(0, 2))
        sent = Sent(str(uuid.uuid4()), room.class_id, day, tuple(ill), crossing)
        self.record.append(sent)
        for _try in range(TRIES):
            status, answer = self._post(self._body(room, sent))
            sent.status = status if status is not None else sent.status
            if status in ACKNOWLEDGED:
                sent.acknowledged = True
                room.revisions[day] = answer["revision"]
                return
            if status == 409 and answer.get("code") == "other":
                room.revisions[day] = answer["theirs"]["revision"]
            elif status is not None and status < 500:
                self.broken.append(f"{status} {answer}")
                return
            elif self._over.wait(0.4):
                return

    def _body(self, room: Room, sent: Sent) -> dict[str, Any]:
        symptoms = ["vomiting"] if sent.crossing else ["headache"]
        return {
            "client_id": sent.client_id,
            "class_id": sent.class_id,
            "day": sent.day,
            "device_at": f"{sent.day}T08:00:00+08:00",
            "base_revision": room.revisions.get(sent.day, 0),
            "findings": [
                {"person_id": person, "kind": "ill_absent", "symptoms": symptoms}
                for person in sent.person_ids
            ],
        }

    def _post(self, body: dict[str, Any]) -> tuple[int | None, dict[str, Any]]:
        """(status, answer); status None when no whole answer came."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v1/checks", json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _document(error.read())
        except (OSError, http.client.HTTPException, ValueError):
            return None, {}


def school_days(today: str) -> list[str]:
    """The weekdays within the late window of seven days, today among them."""
    end = date.fromisoformat(today)
    days = [end - timedelta(days=back) for back in range(8)]
    return [day.isoformat() for day in days if day.weekday() < 5]


def device_token(url: str, who: str) -> str:
    """Sign in as one of the demo's cast and ask for a token, as a phone does."""
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.open(f"{url}/demo/{who}", timeout=60).close()
    secret = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
    headers = {"Content-Type": "application/json", "X-CSRFToken": str(secret), "Referer": url}
    request = urllib.request.Request(f"{url}/api/v1/devices", b'{"label": "test phone"}', headers)
    with opener.open(request, timeout=60) as answer:
        return str(json.load(answer)["token"])


def room_of(url: str, token: str, class_id: int) -> Room:
    """The class as the server tells it to a device."""
    request = urllib.request.Request(
        f"{url}/api/v1/classes/{class_id}/roster", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        roster = json.load(answer)
    healthy = [pupil["id"] for pupil in roster["pupils"] if not pupil["carried"]][-3:]
    others = [pupil["id"] for pupil in roster["pupils"] if pupil["id"] not in healthy]
    return Room(class_id, healthy, others, roster["day"], {roster["day"]: roster["revision"]})


def _document(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
