"""Stamps of pages that take long to write, by which a test with few worlds finds one that is out of date.

The writer of such a page also plays it with few worlds, and `stamps.json` keeps a digest of both. If the
program's numbers or words change, so does what few worlds say. If a page is edited by hand, so does its text.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

FILE = Path(__file__).with_name("stamps.json")


def stamp(name: str, page: str, few: str) -> None:
    """Note what a page says, and what few worlds say."""
    stamps = {**_read(), name: {"page": _digest(page), "few worlds": _digest(few)}}
    FILE.write_text(json.dumps(stamps, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def outdated(name: str, page: str, few: str) -> list[str]:
    """What is no longer as it was when the page was written, `page` or `few worlds`; empty if all is."""
    noted = _read()[name]
    return [what for what, text in (("page", page), ("few worlds", few)) if noted[what] != _digest(text)]


def _read() -> dict[str, dict[str, str]]:
    stamps: dict[str, dict[str, str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return stamps


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
