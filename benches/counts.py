#!/usr/bin/env python3
"""Instructions out of callgrind's output, a name and a figure a line.

`counts.py functions PROFILE`: the mean of each function that `measured` calls, and the total of everything that has to do
with tracing. `counts.py parts PROFILE NAMES`: the mean of the samples of each operation, of which there is a part each,
and in the same order a line of NAMES.
"""

import pathlib
import re
import statistics
import sys

# As often as `operations.rs` measures each sample.
TIMES = 10


def functions(profile):
    names, function, counts, tracing = {}, None, {}, 0

    def name(text):
        """Callgrind writes a name once, with a number, and then the number alone."""
        number, rest = re.fullmatch(r"(\(\d+\))(?: (.*))?", text).groups()
        return names.setdefault(number, re.sub(r"::h[0-9a-f]{16}$", "", rest or ""))

    callee, calls = None, None
    for line in open(profile):
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


def parts(profile, names):
    samples = {}
    for number, name in enumerate(open(names).read().split(), 1):
        part = pathlib.Path(f"{profile}.{number}").read_text()
        total = int(re.search(r"^totals: (\d+)$", part, re.MULTILINE).group(1))
        samples.setdefault(name, []).append(total / TIMES)
    for name, counts in samples.items():
        print(f"operation {name}\t{statistics.mean(counts):.0f}")


{"functions": functions, "parts": parts}[sys.argv[1]](*sys.argv[2:])
