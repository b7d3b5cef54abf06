from __future__ import annotations

from xiaodun.foundation.jobs import job
from xiaodun.measures.health.photos import delete_photos


@job("health.delete_photos", every="20 2 * * *")
def delete() -> int:
    return delete_photos()
