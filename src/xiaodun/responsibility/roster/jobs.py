from __future__ import annotations

from xiaodun.foundation.jobs import job
from xiaodun.responsibility.roster.importing import forget_batches


@job("roster.forget", every="17 * * * *")
def forget() -> int:
    return forget_batches()
