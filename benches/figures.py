#!/usr/bin/env python3
"""Judges what was measured: `figures.py gate|accept|report FOLDER`, where FOLDER has what the programs printed."""

import itertools
import pathlib
import subprocess
import sys

# The folder of the sources is for sources.
sys.dont_write_bytecode = True
import delivery
import emulator

HERE = pathlib.Path(__file__).resolve().parent
ALLOWED = HERE / "allowed.tsv"
OTHERS = HERE / "others.tsv"
OURS = ("core", "hyper", "reqwest")

BUILD = "request over the same by hand, instructions: "
# As many events as `instructions.rs` pushes.
PUSHED = 5_000
# The numbers of events of `ways.rs`, and the ways of the SDK's, as the chart shows them.
EVENTS = (1_000, 10_000, 100_000, 1_000_000)
COLOURS = {"batch builder": "#1f6feb", "send_all": "#d1542f", "batch sender": "#2f8f4e"}


def read(path):
    """The lines of a table, as lists of fields; none where it is not there."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def slack(count):
    """What another processor, whose copies of texts are done otherwise, may add."""
    return max(count * 1.02, count + 40)


def compiler():
    return subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()


class Figure:
    def __init__(self, name, measured, most=None, shown=None, target=None):
        self.name, self.measured, self.most = name, measured, most
        self.shown = shown or (f"{measured:.3f}" if isinstance(measured, float) else f"{measured:,}")
        self.target = target or ("" if most is None else f"at most {most:,}")

    @property
    def verdict(self):
        return "" if self.most is None else "met" if self.measured <= self.most else "**not met**"


def counters(folder):
    """The figures of instructions and allocations, and the counts that `allowed.tsv` is about."""
    found = {name: float(value) for name, value in read(folder / "counters.tsv")}
    figures, counts = [], {}
    for name, sdk in found.items():
        if name.startswith("cases::") and name.endswith("::sdk"):
            case = name.removeprefix("cases::").removesuffix("::sdk")
            by_hand = found[f"cases::{case}::by_hand"]
            shown = f"{sdk / by_hand:.3f} ({sdk:,.0f} over {by_hand:,.0f})"
            figures.append(Figure(BUILD + case, sdk / by_hand, 1.25, shown))
    figures.sort(key=lambda figure: -figure.measured)
    counts |= {name.removeprefix("operation "): round(value) for name, value in found.items() if name.startswith("operation ")}
    counts["item"], counts["call"] = round(found["item"]), round(found["call"])

    def allocations(name):
        return int(found[f"allocations: {name}"])

    for name in ("identify", "track"):
        figures.append(Figure(f"allocations to build {name}", allocations(f"{name}, 1 attributes"), 6))
        more = allocations(f"{name}, 20 attributes") - allocations(f"{name}, 1 attributes")
        figures.append(Figure(f"more of them with 20 attributes, {name}", more, 0))
        growth = allocations(f"{name}, 300 attributes") - allocations(f"{name}, 1 attributes")
        shown = f"{growth} (the body's buffer grows by doubling)"
        figures.append(Figure(f"more of them with 300 attributes, the most that there can be, {name}", growth, None, shown))
    most = allocations("any of the cases, at most")
    figures.append(Figure("most allocations to build any of these requests", most, None,
                          f"{most} (by hand {allocations('any of them by hand, at most')})"))
    figures.append(Figure("allocations to decode `200 {}`", allocations("decode of 200 {}"), 0))
    parsed = found["parse_207::sdk"] / found["parse_207::by_hand"]
    figures.append(Figure("parse of a 207 with 100 errors over serde_json, instructions", parsed, 1.2))
    built = found["batches_of_1900"] / found["batches_of_19"]
    figures.append(Figure("an item into a batch of 1,900 over one into a batch of 19, instructions", built, 1.05))
    pushed, by_hand = found["push::sdk"] / PUSHED, found["push::by_hand"] / PUSHED
    figures.append(Figure("an event through a batch sender over the same by hand, instructions", pushed / by_hand, 1.2,
                          f"{pushed / by_hand:.3f} ({pushed:,.0f} over {by_hand:,.0f})"))
    figures.append(Figure("times that an event is encoded until it is sent", found["batches: times that an event is encoded"], 1.0))
    of_items = "memory: 10,000 items, over their encoded length"
    size = int(found["memory: bytes of an item"])
    figures.append(Figure(f"10,000 items in memory over their encoded length ({size} bytes each)", found[of_items], 1.15))
    figures.append(Figure("the same in batches", found["memory: the same in batches"], 1.15))
    for name in COLOURS:
        by_events = peaks(found, name)
        # 10^3 events are less than a batch.
        most, least = by_events[1_000_000], by_events[10_000]
        figures.append(Figure(f"most memory at a time, {name}: 10^6 events over 10^4", most / least, 1.25,
                              f"{most / least:.3f} ({most / 1e6:.1f} MB)", "flat: at most 1.25"))
    figures.append(Figure("tracing feature off: instructions of `tracing` and of our tracing", int(found["tracing"]), 0))
    figures.append(Figure("tracing feature off: allocations of these", 0 if found["tracing"] == 0 else 1, 0,
                          "0 (nothing of them runs)" if found["tracing"] == 0 else None))
    figures.append(Figure("a whole call but for the transport, instructions", counts["call"]))
    return figures, counts


def accept(counts):
    lines = [f"# Instructions that `benches/gate` allows, by {compiler()}, plus 2 %."]
    ALLOWED.write_text("\n".join(lines + [f"{name}\t{count}" for name, count in sorted(counts.items())]) + "\n")


def gate(figures, counts):
    failures = [f"{figure.name}: {figure.shown}, {figure.target}" for figure in figures if figure.verdict.startswith("**")]
    allowed = {name: int(count) for name, count in read(ALLOWED)}
    if f" {compiler()}," not in ALLOWED.read_text():
        print("allowed.tsv is of another compiler: the ratios are judged, and not the counts")
    else:
        failures += [f"no figure of {name} any more" for name in allowed.keys() - counts.keys()]
        for name, count in counts.items():
            if name not in allowed:
                failures.append(f"{name}: no figure of it yet, {count:,} instructions")
            elif count > slack(allowed[name]):
                failures.append(f"{name}: {count:,} instructions, and {allowed[name]:,} are allowed")
            elif slack(count) < allowed[name]:
                print(f"{name}: {count:,} instructions instead of {allowed[name]:,}: `benches/gate --accept` keeps it so")
    print(f"{len(figures)} figures, {len(counts)} counts")
    if failures:
        sys.exit("FAILED:\n" + "\n".join(failures) + "\nIf it must be so, `benches/gate --accept`, and say why.")


def loopback(folder):
    for name, *rest in read(folder / "loopback.tsv"):
        median, least, most, sdk, by_hand, calls, calls_by_hand = map(float, rest)
        shown = f"{median:.3f} (rounds {least:.3f} to {most:.3f}; {sdk:.3g} µs over {by_hand:.3g} µs each)"
        yield Figure(f"loopback, processor of the client over the same by hand: {name}", median,
                     1.2 if "events" in name else 1.15 if name.startswith("hyper") else 1.08, shown)
        yield Figure(f"loopback, operations a second: {name}", calls, None, f"{calls:,.0f} (by hand {calls_by_hand:,.0f})")


def peaks(found, name):
    """The most memory at a time, by the number of events."""
    return {events: int(found[f"memory: {name}, {events} events"]) for events in EVENTS}


def growth(folder):
    found = dict(read(folder / "counters.tsv"))
    times = {(name, int(events)): int(time) for name, events, time in read(folder / "growth.tsv")}
    for name in COLOURS:
        by_events = [times[name, events] for events in EVENTS]
        most = max(later / earlier for earlier, later in itertools.combinations(by_events, 2))
        shown = f"{most:.3f} ({min(by_events)} to {max(by_events)} ns)"
        yield Figure(f"processor time an event, {name}, of 10^3 to 10^6 events: the most that a number of them costs over a lower one", most, 1.25, shown,
                     "flat: at most 1.25")
    # Of so few that memory is as new to both ways. The target is for events that are sent: see `loopback`.
    sdk, by_hand = times["batch sender", 100_000], times["by hand", 100_000]
    yield Figure("processor time an event, batch sender over the same by hand, without a transport", sdk / by_hand, None,
                 f"{sdk / by_hand:.3f} ({sdk} over {by_hand} ns)")
    chart({(name, events): (times[name, events], peaks(found, name)[events]) for name in COLOURS for events in EVENTS})


def weight(folder):
    most = {"core": 15, "facade with hyper": 45}
    for name, crates in read(folder / "crates.tsv"):
        yield Figure(f"crates, itself among them: {name}", int(crates), most.get(name))
    for name, crates, seconds, size in read(folder / "weight.tsv"):
        shown = f"{crates} crates, {seconds} s of the processor for a cold debug build, {int(size) / 1e6:.1f} MB stripped"
        yield Figure(f"a small program with {name}", int(size), None, shown)
    together = {name: [int(figure) for figure in rest] for name, *rest in read(OTHERS)}
    ours = together["hyper"]
    for name, figures in together.items():
        if name not in OURS:
            crates, seconds, size = (f"{figure / our:.1f}" for figure, our in zip(figures, ours))
            shown = f"{crates} times the crates ({figures[0]}), {seconds} times the time to build, {size} times the size"
            yield Figure(f"a small program with {name}, over one with hyper", figures[2] / ours[2], None, shown)


def line(points, colour):
    path = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="3" fill="{colour}"/>' for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def panel(rows, index, left, title, scale):
    """One chart: the number of events to the right, a figure upwards from 0."""
    height, width, top = 180, 280, 40
    most = max(row[index] for row in rows.values()) / scale * 1.2
    parts = [f'<text x="{left}" y="22" font-weight="bold">{title}</text>']
    for tick in (0, most / 2, most):
        y = top + height - tick / most * height
        parts.append(f'<line x1="{left}" x2="{left + width}" y1="{y:.0f}" y2="{y:.0f}" stroke="#ddd"/>'
                     f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{tick:.2f}</text>')
    across = [left + position * width / 3 for position in range(len(EVENTS))]
    for x, number in zip(across, EVENTS):
        parts.append(f'<text x="{x:.0f}" y="{top + height + 18}" text-anchor="middle">{number:,}</text>')
    for name, colour in COLOURS.items():
        parts.append(line([(x, top + height - rows[name, number][index] / scale / most * height)
                           for x, number in zip(across, EVENTS)], colour))
    return "".join(parts)


def chart(rows):
    docs = HERE / "docs"
    docs.mkdir(exist_ok=True)
    time = panel(rows, 0, 50, "Processor time an event, µs", 1_000)
    memory = panel(rows, 1, 420, "Most memory at a time, MB", 1_000_000)
    legend = "".join(f'<rect x="{x}" y="262" width="12" height="4" fill="{colour}"/><text x="{x + 18}" y="268">{name}</text>'
                     for x, (name, colour) in zip((50, 160, 250), COLOURS.items()))
    (docs / "growth.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="750" height="280" font-family="sans-serif" font-size="12">'
        f'<rect width="100%" height="100%" fill="white"/>{time}{memory}{legend}'
        '<text x="370" y="268" fill="#555">by the number of events</text></svg>\n')


README = """# Figures

Written by `benches/report`; the code that measures a figure says what it means. Instructions and allocations are counted,
and the same each time; `benches/gate` holds every change to them. The small programs with hyper and reqwest have TLS, as
those of others have. Times are the machine's:
{machine}, load {load} when it began.

![Time and memory as the events get more](docs/growth.svg)

| figure | measured | target | |
| --- | --- | --- | --- |
{rows}
"""


def report(folder, figures):
    figures += [*loopback(folder), *growth(folder), *weight(folder)]
    rows = "\n".join(f"| {figure.name} | {figure.shown} | {figure.target} | {figure.verdict} |" for figure in figures)
    machine, load = (folder / "machine").read_text().splitlines()
    text = README.format(machine=f"{machine}, {compiler()}", load=load, rows=rows)
    (HERE / "README.md").write_text(text + emulator.SECTION.text() + delivery.SECTION.text())
    print(rows)
    unmet = sum(figure.verdict.startswith("**") for figure in figures)
    judged = sum(figure.most is not None for figure in figures)
    print(f"\n{judged - unmet} of {judged} targets met")


def main():
    what, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    figures, counts = counters(folder)
    if what == "accept":
        accept(counts)
    elif what == "gate":
        gate(figures, counts)
    else:
        report(folder, figures)


main()
