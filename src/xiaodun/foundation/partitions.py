"""Monthly partitions of the daily fact tables: made ahead by the owner, on every preparation of the database."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from django.db import connection

# Every table made with `operations.partition_by_month`; a test compares this with the database.
TABLES = ("checks_classcheck", "checks_checksubmission", "checks_finding")


def ensure_months(first: date, n_months: int) -> list[str]:
    """Create the partitions for `n_months` months from the month of `first`; returns the names made."""
    made = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r'")
        present = {row[0] for row in cursor.fetchall()}
        for table in TABLES:
            for start, end in _months(first, n_months):
                name = f"{table}_{start:%Y%m}"
                if name not in present:
                    cursor.execute(
                        f"CREATE TABLE {name} PARTITION OF {table} FOR VALUES FROM ('{start}') TO ('{end}')"
                    )
                    # The row policy stands on the parent; nobody goes round it by naming a partition.
                    cursor.execute(f"REVOKE ALL ON {name} FROM xiaodun_app, xiaodun_read")
                    made.append(name)
    return made


def _months(first: date, n_months: int) -> list[tuple[date, date]]:
    starts = [
        date(first.year + (first.month - 1 + i) // 12, (first.month - 1 + i) % 12 + 1, 1)
        for i in range(n_months + 1)
    ]
    return list(pairwise(starts))
