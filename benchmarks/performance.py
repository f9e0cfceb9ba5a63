"""Measure everything and put the tables into `docs/performance.md`: some ten minutes on two cores.

    python -m benchmarks.performance [--quick] [--only PART ...]

Run it from the repository's root, on a machine that does nothing else. With --quick each part is
measured once, small and in one process, in about a minute, and nothing is written. --only measures
and writes some parts: `--only aims` is the table of what we want and what is reached.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Collection

from benchmarks.aims import aims_table
from benchmarks.child import ROOT
from benchmarks.contest import peers_table
from benchmarks.disk import disk_table
from benchmarks.growth import casts_table, firms_table, keep_table, worlds_table, years_table
from benchmarks.limit import limit_table
from benchmarks.machine import about
from benchmarks.operations import operations
from benchmarks.page import put
from benchmarks.possible import ImpossibleError
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.startup import startup_table
from benchmarks.views import views_table

PAGE = ROOT / "docs" / "performance.md"
PARTS = (
    *(
        "machine",
        "aims",
        "startup",
        "peers",
        "worlds",
        "casts",
        "firms",
        "years",
        "keep",
        "disk",
        "views",
        "limit",
    ),
)


def parts(sizes: Sizes, only: Collection[str] = ()) -> dict[str, str]:
    """Every part of the page, or some only, measured, and printed as it comes.

    ImpossibleError, or CalledProcessError of a child, for a figure that cannot be.
    """
    counted = operations()
    measures: dict[str, Callable[[], str]] = {
        "machine": lambda: f"Measured on {about()}.",
        "aims": lambda: aims_table(sizes, counted),
        "startup": lambda: startup_table(sizes),
        "peers": lambda: peers_table(sizes, counted),
        "worlds": lambda: worlds_table(sizes),
        "casts": lambda: casts_table(sizes),
        "firms": lambda: firms_table(sizes),
        "years": lambda: years_table(sizes),
        "keep": lambda: keep_table(sizes),
        # Last: they are done in this process, and a child's peak of memory is at least its parent's.
        "disk": lambda: disk_table(sizes),
        "views": lambda: views_table(sizes),
        "limit": lambda: limit_table(sizes, counted),
    }
    texts = {}
    for name in only or measures:
        texts[name] = measures[name]()
        print(f"{texts[name]}\n", flush=True)
    return texts


def main() -> None:
    """Measure, and write the page unless it was quick. Exit with 1 if a figure cannot be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small, in about a minute; nothing is written")
    parser.add_argument("--only", nargs="+", default=(), metavar="PART", choices=PARTS, help=", ".join(PARTS))
    arguments = parser.parse_args()
    try:
        texts = parts(QUICK if arguments.quick else FULL, arguments.only)
    except (ImpossibleError, subprocess.CalledProcessError) as error:
        sys.exit(f"nothing is written: {error}")
    page = put(PAGE.read_text(encoding="utf-8"), texts)
    if not arguments.quick:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
