"""Loss and accuracy over time as an SVG, drawn from a run's log.

    python lab/training/curves.py lab/training/out/NAME/log.jsonl curves.svg
"""

import json
import math
import sys
from pathlib import Path

WIDTH, HEIGHT, LEFT, TOP, GAP = 720, 150, 56, 28, 44
COLOURS = ("#2563eb", "#d97706", "#059669", "#9333ea")
PLOTS = (
    ("loss on the trace (log scale)", "loss", True),
    ("divergence from the teacher under eviction (nats a word, log scale)", "divergence", True),
    ("divergence from the teacher with the full cache (nats a word, log scale)", "fullDivergence", True),
    ("reward of a sampled text", "reward", False),
    ("sampled answers right", "right", False),
    ("groups whose texts earn different rewards", "groupsApart", False),
    ("divergence from the start (nats a word, log scale)", "startDivergence", True),
    ("words right", "tokensRight", False),
    ("looked-up words right", "lookUpsRight", False),
    ("whole traces right (teacher-forced, present level)", "exact", False),
    ("level", "level", False),
)


def draw_curves(log: Path, picture: Path) -> None:
    entries = [json.loads(line) for line in log.read_text().splitlines()]
    families = [name for name, value in entries[0].items() if isinstance(value, dict)] if entries else []
    until = max((entry["seconds"] for entry in entries), default=1) or 1
    parts = []
    plots = [plot for plot in PLOTS if any(plot[1] in entry[family] for entry in entries for family in families)]
    for row, (title, key, is_log) in enumerate(plots):
        top = TOP + row * (HEIGHT + GAP)
        parts.append(f'<text x="{LEFT}" y="{top - 8}" font-weight="bold">{title}</text>')
        series = {
            name: [(e["seconds"], e[name][key]) for e in entries if e[name].get(key) is not None] for name in families
        }
        parts.extend(plot(series, top, until, is_log))
    legend = "".join(
        f'<text x="{WIDTH - 90 * (len(families) - index)}" y="{TOP - 8}" fill="{COLOURS[index % 4]}">{name}</text>'
        for index, name in enumerate(families)
    )
    height = TOP + len(plots) * (HEIGHT + GAP)
    picture.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>{"".join(parts)}{legend}</svg>\n'
    )


def plot(series: dict[str, list[tuple[float, float]]], top: int, until: float, is_log: bool) -> list[str]:
    """One diagram, with a line for each family."""
    values = [value for points in series.values() for _, value in points]
    scaled = [math.log10(max(value, 1e-5)) for value in values] if is_log else values
    low, high = (min(scaled, default=0), max(scaled, default=1)) if is_log else (0, max([1, *scaled]))
    span = (high - low) or 1
    width = WIDTH - LEFT - 16
    marks = [f'<path d="M{LEFT} {top}V{top + HEIGHT}H{LEFT + width}" fill="none" stroke="#888"/>']
    for share in (0, 0.5, 1):
        value = low + share * span
        label = f"{10**value:.2g}" if is_log else f"{value:.2g}"
        marks.append(f'<text x="{LEFT - 6}" y="{top + HEIGHT * (1 - share) + 4}" text-anchor="end">{label}</text>')
        seconds = share * until
        marks.append(f'<text x="{LEFT + share * width}" y="{top + HEIGHT + 16}" text-anchor="middle">{seconds:.0f} s</text>')
    for index, points in enumerate(series.values()):
        heights = [((math.log10(max(value, 1e-5)) if is_log else value) - low) / span for _, value in points]
        line = " ".join(
            f"{LEFT + width * at / until:.1f},{top + HEIGHT * (1 - height):.1f}"
            for (at, _), height in zip(points, heights)
        )
        marks.append(f'<polyline points="{line}" fill="none" stroke="{COLOURS[index % 4]}" stroke-width="1.5"/>')
    return marks


if __name__ == "__main__":
    draw_curves(Path(sys.argv[1]), Path(sys.argv[2]))
