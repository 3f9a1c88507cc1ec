#!/usr/bin/env python3
"""Instructions of each call of a function from `measured`, out of callgrind's output: a name and a mean a line."""

import re
import sys

names, inside = {}, False
counts = {}


def name(text):
    """Callgrind writes a name once, with a number, and then the number alone."""
    number, rest = re.fullmatch(r"(\(\d+\))(?: (.*))?", text).groups()
    return names.setdefault(number, re.sub(r"::h[0-9a-f]{16}$", "", rest or ""))


callee, calls = None, None
for line in open(sys.argv[1]):
    line = line.rstrip("\n")
    if line.startswith("fn="):
        inside = name(line[3:]).split("::")[-1].startswith("measured")
    elif line.startswith("cfn="):
        callee = name(line[4:])
    elif line.startswith("calls="):
        calls = int(line[6:].split()[0])
    elif calls is not None:
        if inside:
            so_far = counts.get(callee, (0, 0))
            counts[callee] = (so_far[0] + calls, so_far[1] + int(line.split()[1]))
        calls = None

for callee, (calls, instructions) in counts.items():
    print(f"{callee.removeprefix('instructions::')}\t{instructions / calls:.0f}")
