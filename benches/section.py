"""A section of README.md that a script of its own writes: figures, their targets, and whether these are met."""

import pathlib
import subprocess

README = pathlib.Path(__file__).resolve().parent / "README.md"


def machine():
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    model = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    compiler = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    return f"{cores} cores, {model}, {compiler}"


class Section:
    """The section between two marks. A target is the most, or `("at least", bound)`."""

    def __init__(self, name, targets, head):
        self.begin, self.end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        self.targets, self.head = targets, head

    def row(self, name, value, shown):
        value = float(value)
        target = self.targets.get(name)
        number = f"{value:,.0f}" if value.is_integer() or value >= 1_000 else f"{value:.3g}"
        measured = f"{number} ({shown})" if shown else number
        if target is None:
            return f"| {name} | {measured} |  |  |", None
        kind, bound = target if isinstance(target, tuple) else ("at most", target)
        is_met = value >= bound if kind == "at least" else value <= bound
        return f"| {name} | {measured} | {kind} {bound:,} | {'met' if is_met else '**not met**'} |", is_met

    def text(self):
        """The section as it is, for `benches/report`, which writes the rest anew."""
        text = README.read_text()
        if self.begin not in text:
            return ""
        return "\n" + text[text.index(self.begin):text.index(self.end) + len(self.end)] + "\n"

    def write(self, file):
        """Writes it anew from a file of lines: the name of a figure, its value, and what else there is to say."""
        found = [(line.split("\t") + [""])[:3] for line in pathlib.Path(file).read_text().splitlines()]
        rows = [self.row(*figure) for figure in found]
        missing = [name for name in self.targets if name not in {name for name, *_ in found}]
        lines = [line for line, _ in rows] + [f"| {name} | not measured |  |  |" for name in missing]
        table = "\n".join(["| figure | measured | target | |", "| --- | --- | --- | --- |", *lines])
        text = f"{self.begin}\n\n{self.head} {machine()}.\n\n{table}\n\n{self.end}"
        old, whole = self.text().strip("\n"), README.read_text()
        README.write_text(whole.replace(old, text) if old else f"{whole.rstrip()}\n\n{text}\n")
        print("\n".join(lines))
        judged = [is_met for _, is_met in rows if is_met is not None]
        print(f"\n{sum(judged)} of {len(judged)} targets met")
