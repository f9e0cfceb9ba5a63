"""What a page looks at, and how a link keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LEVELS = "levels"
LINKED = (
    "tab",
    "year",
    "world",
    "show",
    "customer",
    "outcome",
    "firm",
    "step_world",
    "step_year",
    "story",
    "numbers",
)
"""Keys of a link that say what is looked at. None is a setting's."""


@dataclass
class Selection:
    """A tab, a year, a world or the median, what is picked on a tab, and which pictures are tables.

    The tab Step by hand has a world and a year of its own, and the firm whose story it tells. `lab` is the
    one that outcomes are about: a page begins with it as the customer, and with its story.
    """

    tab: str = "network"
    year: int = 0
    world: int | Literal["median"] = "median"
    difference: bool = True
    customer: str = ""
    outcome: str = "stargate_share"
    firm: str = "stargate"
    step_world: int = 0
    step_year: int = 0
    story: str = ""
    numbers: frozenset[str] = frozenset()
    lab: str = ""

    def about(self, lab: str) -> None:
        """Look at the results that are there now, whose outcomes are about this lab.

        >>> shown = Shown(customer="rival_lab")
        >>> shown.about("oai")
        >>> shown.customer, shown.story
        ('rival_lab', 'oai')
        """
        begun = self.lab
        self.customer = lab if self.customer == begun else self.customer
        self.story = lab if self.story == begun else self.story
        self.lab = lab

    def link(self) -> dict[str, object]:
        """What a link says of it: whatever is not as a page begins.

        >>> Shown(tab="fans", world=3, difference=False, numbers=frozenset({"fan"})).link()
        {'tab': 'fans', 'world': 3, 'show': 'levels', 'numbers': 'fan'}
        """
        told: dict[str, object] = dict(vars(self))
        told["show"] = "" if self.difference else LEVELS
        told["numbers"] = ",".join(sorted(self.numbers))
        usual = {**vars(Selection()), "show": "", "numbers": "", "customer": self.lab, "story": self.lab}
        return {key: told[key] for key in LINKED if key == "tab" or told[key] != usual[key]}


def from_link(told: Mapping[str, str], tabs: tuple[str, ...]) -> Selection:
    """What a link shows; what it does not say, or says in no known way, is as a page begins.

    >>> from_link({"tab": "nowhere", "year": "1e3", "world": "7", "firm": "oracle"}, ("network",)).link()
    {'tab': 'network', 'world': 7, 'firm': 'oracle'}
    """
    selection = Selection(difference=told.get("show") != LEVELS)
    if told.get("tab") in tabs:
        selection.tab = told["tab"]
    for key in ("year", "world", "step_world", "step_year"):
        if (text := told.get(key, "")).isdecimal():
            setattr(selection, key, int(text))
    for key in ("customer", "outcome", "firm", "story"):
        setattr(selection, key, told.get(key) or getattr(selection, key))
    selection.numbers = frozenset(told.get("numbers", "").split(",")) - {""}
    return selection
