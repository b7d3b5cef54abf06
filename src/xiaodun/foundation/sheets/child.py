"""What the child process runs: `python -I -S child.py PACKAGES SUFFIX MAX_ROWS MAX_COLUMNS`, the file on stdin.

Started without site packages (it starts in 30 ms so), it knows this tree and, last, the folder that has calamine.
It binds itself before it reads the first byte. Exit 0 with the answer on stdout, 3 when the memory did not do.
"""

import sys

TOO_LITTLE_MEMORY = 3


def main() -> int:
    packages, suffix, max_rows, max_columns = sys.argv[1:]
    tree = __file__.removesuffix("/xiaodun/foundation/sheets/child.py")
    sys.path += [tree, packages]
    from xiaodun.foundation.sheets import limits, parse

    limits.bind()
    try:
        data = sys.stdin.buffer.read(limits.MAX_FILE + 1)
        out = sys.stdout.buffer
        parse.serve(data, suffix, out, max_rows=int(max_rows), max_columns=int(max_columns))
        out.flush()
    except MemoryError:
        return TOO_LITTLE_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main())
