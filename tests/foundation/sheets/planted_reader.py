"""Planted fault: a reader as one writes it in a hurry, without limits and without a look at the file first.

`python -I -S planted_reader.py PACKAGES READER`, the file on stdin. For the machine's sake it binds itself to 1 GiB.
"""

import io
import resource
import sys

resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
sys.path.append(sys.argv[1])


def calamine(data: bytes) -> None:
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    print(sum(len(row) for row in sheet.iter_rows()))


def unpacked(data: bytes) -> None:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        texts = [archive.read(name).decode() for name in archive.namelist()]
    print(len("".join(texts)))


{"calamine": calamine, "unpacked": unpacked}[sys.argv[2]](sys.stdin.buffer.read())
