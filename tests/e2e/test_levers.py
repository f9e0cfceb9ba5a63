"""The table of levers in the docs is what the program says today, and every strategy moves something."""

from __future__ import annotations

import re

from docs.levers import PAGE, few, stand
from docs.stamps import outdated


def test_the_table_of_levers_is_todays() -> None:
    assert outdated("table of levers", stand(), few()) == [], "python docs/levers.py writes it anew"


def test_every_strategy_moves_an_outcome_or_at_least_its_own_firm() -> None:
    page = PAGE.read_text(encoding="utf-8")
    _, _, idle = page.partition("Without effect: ")
    named = idle.partition(".  \n")[0].split(", ")
    strategies = [one for one in named if not re.search(r"^without | off$|\d", one)]
    (alone,) = (line for line in page.splitlines() if line.startswith("These strategies move their own firm"))
    assert strategies
    assert [one for one in strategies if f"{one} (" not in alone] == []
