from __future__ import annotations

from xiaodun.foundation.jobs import job
from xiaodun.responsibility.orgs import changing


@job("orgs.apply_due", every="5 * * * *")
def apply_due() -> dict[str, int]:
    """Planned changes whose day has come: at five past midnight, and each hour after for what was asleep then."""
    return changing.apply_due()
