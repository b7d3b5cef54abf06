"""What one file may cost, and how the child binds itself to it before it looks at the file."""

from __future__ import annotations

import resource

MIB = 1 << 20
MAX_FILE = 16 * MIB
MAX_MEMBERS = 1_000  # parts of a workbook; Excel writes about twelve and one for each picture
MAX_UNPACKED = 128 * MIB  # 20,000 rows of 60 long cells are about 100 MiB of XML
MAX_RATIO = 100  # XML of rosters shrinks to a tenth, rows that hold only formats to a fortieth
MAX_SMALL = MIB  # below this a high ratio does no harm
MAX_TEXT = 20_000_000  # characters of all cells
MAX_FAULTS = 100
MAX_ANSWER = 128 * MIB  # what the child may hand back
MEMORY = 256 * MIB
SECONDS = 10
_FILES = 16


def bind() -> None:
    """Bind this process for good. Memory is the address space: what is resident can only be less.

    It may no longer write to any file (pipes are none), start a process, or leave a core behind that holds names.
    """
    for limit, soft, hard in (
        (resource.RLIMIT_AS, MEMORY, MEMORY),
        (resource.RLIMIT_CPU, SECONDS, SECONDS + 1),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, _FILES, _FILES),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_NPROC, 0, 0),
    ):
        _, ceiling = resource.getrlimit(limit)
        top = hard if ceiling == resource.RLIM_INFINITY else min(hard, ceiling)
        resource.setrlimit(limit, (min(soft, top), top))
