"""The index of the docs for language models: every page is in it, and every link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path("docs")


def test_it_lists_every_page_once_and_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", (DOCS / "llms.txt").read_text("utf-8"))
    assert len(links) == len(set(links))
    assert [link for link in links if not (DOCS / link).is_file()] == []
    pages = {page.relative_to(DOCS).as_posix() for page in (*DOCS.glob("*.md"), *DOCS.glob("guide/*.md"))}
    assert pages <= set(links)
