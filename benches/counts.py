#!/usr/bin/env python3
"""Instructions out of callgrind's output, a name and a figure a line: the mean of each function that `measured` calls, and
the total of everything that has to do with tracing."""

import re
import sys

names, function, counts, tracing = {}, None, {}, 0


def name(text):
    """Callgrind writes a name once, with a number, and then the number alone."""
    number, rest = re.fullmatch(r"(\(\d+\))(?: (.*))?", text).groups()
    return names.setdefault(number, re.sub(r"::h[0-9a-f]{16}$", "", rest or ""))


callee, calls = None, None
for line in open(sys.argv[1]):
    line = line.rstrip("\n")
    if line.startswith("fn="):
        function = name(line[3:])
    elif line.startswith("cfn="):
        callee = name(line[4:])
    elif line.startswith("calls="):
        calls = int(line[6:].split()[0])
    elif calls is not None:
        if function.split("::")[-1].startswith("measured"):
            so_far = counts.get(callee, (0, 0))
            counts[callee] = (so_far[0] + calls, so_far[1] + int(line.split()[1]))
        calls = None
    elif function and re.search("tracing|::trace::", function) and re.match(r"[+*\-\d]", line):
        tracing += int(line.split()[1])

for callee, (calls, instructions) in counts.items():
    print(f"{callee.removeprefix('instructions::')}\t{instructions / calls:.0f}")
print(f"tracing\t{tracing}")
