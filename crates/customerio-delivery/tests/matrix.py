#!/usr/bin/env python3
"""Writes what was counted into matrix.md, and leaves the other rows: `matrix.py FILE`."""

import pathlib
import sys

TABLE = pathlib.Path(__file__).resolve().parent / "matrix.md"

HEAD = """# Crashes and faults

Written by `crates/customerio-delivery/tests/matrix`; the tests say how it is counted. A call is lost if it was taken and has
neither arrived, nor become a dead letter, nor been counted as damaged; events are doubled if they are there twice, messages if
they were sent twice. A message is parked if nobody knows whether it was sent. "–" is what cannot be counted there.

| what | times | calls | lost | doubled | out of order | parked | date | version |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |
"""


def row(line):
    what, times, calls, *counts, date, version = line.split("\t")
    return what, f"| {what} | {int(times):,} | {int(calls):,} | {' | '.join(counts)} | {date} | {version} |"


def main(file):
    new = dict(row(line) for line in pathlib.Path(file).read_text().splitlines())
    if not new:
        sys.exit(f"{file}: nothing was counted")
    lines = TABLE.read_text().removeprefix(HEAD).splitlines() if TABLE.exists() else []
    old = {line.split(" | ")[0].removeprefix("| "): line for line in lines}
    TABLE.write_text(HEAD + "".join(f"{row}\n" for row in (old | new).values()))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
