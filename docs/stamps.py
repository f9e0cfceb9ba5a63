"""Stamps of pages that take long to write, by which a test in seconds finds one that is out of date.

`stamps.json` keeps three digests of such a page: of its text; of the golden figures, which have all numbers
of every shipped config; and of what its writer says of a few worlds of a small market, which has the
program's words. If a number changes, so do the golden figures. If a word does, so do the few worlds. If a
page is edited by hand, so does its text.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("stamps.json")
GOLDEN = Path(__file__).parents[1] / "tests" / "golden"


def stamp(name: str, page: str, few: str) -> None:
    """Note what a page says, and what few worlds say."""
    stamps = {**_read(), name: _digests(page, few)}
    FILE.write_text(json.dumps(stamps, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def outdated(name: str, page: str, few: str) -> list[str]:
    """Which digests are no longer those of the page when it was written: `page`, `figures`, `few worlds`."""
    noted, now = _read().get(name, {}), _digests(page, few)
    return [what for what, digest in now.items() if noted.get(what) != digest]


def _digests(page: str, few: str) -> dict[str, str]:
    return {"page": _digest(page), "figures": _figures(), "few worlds": _digest(few)}


@cache
def _figures() -> str:
    """The digest of the golden figures of all configs and questions."""
    files = sorted([*GOLDEN.glob("tables/*.csv"), *GOLDEN.glob("answers/*.json")])
    return _digest("\n".join(file.read_text(encoding="utf-8") for file in files))


def _read() -> dict[str, dict[str, str]]:
    stamps: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return stamps


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
