"""What a question costs: seconds and memory of each command, beside a plain run.

Every command is a process of its own, imports included. Its seconds are those of a processor, which a busy
machine changes little. The ratio is to `computeshift run baseline` (1,000 worlds, everything written). With
--write the table goes into the guide.

    python benchmarks/questions.py [--write]
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.command import Cost, cost  # noqa: E402
from benchmarks.machine import about  # noqa: E402
from computeshift.experiments.questions.table import QUESTIONS  # noqa: E402

GUIDE = ROOT / "docs" / "guide.md"
RUN = "run baseline"
LIMITS = {
    "compare baseline softbank_crunch --worlds 2000": 20,
    "sensitivity baseline --outcome stargate_share --rows 1024": 300,
    "game --players openai,microsoft --worlds 1000": 300,
}
"""Commands that must not take more than so many seconds of a processor."""
COMMANDS = tuple(
    dict.fromkeys(
        [
            RUN,
            *LIMITS,
            "sensitivity baseline --outcome stargate_share --method morris",
            *(f"{question.command} {question.example}" for question in QUESTIONS),
        ]
    )
)
MEMORY = 2.0  # GB, for every command


def _cost(command: str, folder: str) -> Cost:
    return cost(["-m", "computeshift", *command.split()], folder)


def main() -> None:
    """Measure, print the table, and fail if a limit is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into docs/guide.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = {command: _cost(command, folder) for command in COMMANDS}
    head = "| computeshift … | seconds of a processor | times a run | peak memory, GB |"
    lines = [f"Measured on {about()}.", "", head, "|---|---|---|---|"]
    for command, took in measured.items():
        ratio = took.processor / measured[RUN].processor
        lines.append(f"| `{command}` | {took.processor:.1f} | {ratio:.1f} | {took.peak:.2f} |")
    table = "\n".join(lines)
    print(table)
    if arguments.write:
        text = GUIDE.read_text(encoding="utf-8")
        pattern = re.compile(r"(<!-- cost:[^\n]*-->\n).*?(<!-- /cost -->)", re.DOTALL)
        text = pattern.sub(lambda found: f"{found[1]}\n{table}\n\n{found[2]}", text)
        GUIDE.write_text(text, encoding="utf-8")
    broken = [
        command
        for command, took in measured.items()
        if took.processor > LIMITS.get(command, 300) or took.peak > MEMORY
    ]
    if broken:
        sys.exit(f"too slow or too large: {', '.join(broken)}")


if __name__ == "__main__":
    main()
