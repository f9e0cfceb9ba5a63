"""What a question costs: seconds and memory of each command, beside a plain run.

Every command is a process of its own, imports included, on the cores there are. The ratio is to
`computeshift run baseline` (1,000 worlds, everything written). With --write the table goes into
the guide.

    python benchmarks/questions.py [--write]
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from computeshift.experiments.questions.table import QUESTIONS  # noqa: E402

GUIDE = ROOT / "docs" / "guide.md"
RUN = "run baseline"
LIMITS = {
    "compare baseline softbank_crunch --worlds 2000": 20,
    "sensitivity baseline --outcome stargate_share --rows 1024": 300,
    "game --players openai,microsoft --worlds 1000": 300,
}
"""Commands that must end within so many seconds on two cores."""
COMMANDS = tuple(
    dict.fromkeys(
        [
            RUN,
            *LIMITS,
            "sensitivity baseline --outcome stargate_share --method morris",
            *(f"{question.name} {question.example}" for question in QUESTIONS),
        ]
    )
)
MEMORY = 2.0  # GB, for every command


def cost(command: str, folder: str) -> tuple[float, float]:
    """Seconds and peak GB of one command; RuntimeError if it fails."""
    call = [sys.executable, "-m", "computeshift", *command.split()]
    silent = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]
    here = Path.cwd()
    os.chdir(folder)
    started = time.perf_counter()
    child = os.posix_spawn(sys.executable, call, os.environ, file_actions=silent)
    _, status, used = os.wait4(child, 0)
    seconds = time.perf_counter() - started
    os.chdir(here)
    if status:
        raise RuntimeError(f"computeshift {command} failed: run it by hand")
    return seconds, used.ru_maxrss / 1e6


def main() -> None:
    """Measure, print the table, and fail if a limit is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--write", action="store_true", help="put the table into docs/guide.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = {command: cost(command, folder) for command in COMMANDS}
    lines = ["| computeshift … | seconds | times a run | peak memory, GB |", "|---|---|---|---|"]
    for command, (seconds, memory) in measured.items():
        ratio = seconds / measured[RUN][0]
        lines.append(f"| `{command}` | {seconds:.1f} | {ratio:.1f} | {memory:.2f} |")
    table = "\n".join(lines)
    print(table)
    if arguments.write:
        text = GUIDE.read_text(encoding="utf-8")
        pattern = re.compile(r"(<!-- cost:[^\n]*-->\n).*?(<!-- /cost -->)", re.DOTALL)
        text = pattern.sub(lambda found: f"{found[1]}\n{table}\n\n{found[2]}", text)
        GUIDE.write_text(text, encoding="utf-8")
    broken = [
        command
        for command, (seconds, memory) in measured.items()
        if seconds > LIMITS.get(command, 300) or memory > MEMORY
    ]
    if broken:
        sys.exit(f"too slow or too large: {', '.join(broken)}")


if __name__ == "__main__":
    main()
