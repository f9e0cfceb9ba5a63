"""What is selected on a page (tab, year, world, picks), and its part of a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from computeshift.experiments.results.picks import is_pick
from computeshift.experiments.views.plots.fans import FORMS, Form

LEVELS = "levels"
LINKED = (
    "tab",
    "year",
    "world",
    "show",
    "customer",
    "outcome",
    "form",
    "firm",
    "step_world",
    "step_year",
    "step_firm",
    "ask",
    "inputs",
    "numbers",
    "story",
    "card",
)
"""Keys of a link for the selection. None is a setting's."""
_DIGITS = 18  # of a year or world: Python reads no number of more than 4,300


@dataclass
class Selection:
    """A tab, a year, a world or the median, the picks of the tabs, and the pictures shown as tables.

    A world is a number, or what it is, such as `typical`. The tab Step by hand has its own world, year and
    firm; the tab Ask a question, and the `inputs` that were chosen for it, by name. `story` is the story that
    the page tells, and `card` the firm whose card is open and which all charts show. `lab` is the lab that
    outcomes are about: the first customer on a page, and the first firm to step through.
    """

    tab: str = "network"
    year: int = 0
    world: int | str = "median"
    difference: bool = True
    customer: str = ""
    outcome: str = "stargate_share"
    firm: str = "stargate"
    step_world: int | str = 0
    step_year: int = 0
    step_firm: str = ""
    ask: str = "risk"
    inputs: Mapping[str, str] = field(default_factory=dict)
    numbers: frozenset[str] = frozenset()
    story: str = ""
    card: str = ""
    lab: str = ""
    form: Form = "band"

    def about(self, lab: str) -> None:
        """Select for results whose outcomes are about this lab.

        >>> selection = Selection(customer="rival_lab")
        >>> selection.about("oai")
        >>> selection.customer, selection.step_firm
        ('rival_lab', 'oai')
        """
        before = self.lab
        self.customer = lab if self.customer == before else self.customer
        self.step_firm = lab if self.step_firm == before else self.step_firm
        self.lab = lab

    def become(self, other: Selection) -> None:
        """Select what another one selects."""
        vars(self).update(vars(other))

    def link(self) -> dict[str, object]:
        """The parts of a link: whatever differs from a new page.

        >>> Selection(tab="fans", world=3, difference=False, numbers=frozenset({"fan"})).link()
        {'tab': 'fans', 'world': 3, 'show': 'levels', 'numbers': 'fan'}
        """
        parts: dict[str, object] = dict(vars(self))
        parts["show"] = "" if self.difference else LEVELS
        parts["numbers"] = ",".join(sorted(self.numbers))
        parts["inputs"] = urlencode(self.inputs)
        usual = {
            **vars(Selection()),
            "show": "",
            "numbers": "",
            "inputs": "",
            "customer": self.lab,
            "step_firm": self.lab,
        }
        return {key: parts[key] for key in LINKED if key == "tab" or parts[key] != usual[key]}


def from_link(parts: Mapping[str, str], tabs: tuple[str, ...]) -> Selection:
    """The selection of a link; parts that are missing or not known are those of a new page.

    >>> from_link({"tab": "nowhere", "year": "1e3", "world": "7", "firm": "oracle"}, ("network",)).link()
    {'tab': 'network', 'world': 7, 'firm': 'oracle'}
    >>> from_link({"year": "2" * 5000, "world": "7" * 5000}, ("network",)).link()
    {'tab': 'network'}
    """
    selection = Selection(difference=parts.get("show") != LEVELS)
    if parts.get("tab") in tabs:
        selection.tab = parts["tab"]
    for key in ("year", "world", "step_world", "step_year"):
        if (text := parts.get(key, "")).isdecimal() and len(text) <= _DIGITS:
            setattr(selection, key, int(text))
    for key in ("world", "step_world"):
        if not (text := parts.get(key, "")).isdecimal() and is_pick(text) and text:
            setattr(selection, key, text)
    for key in ("customer", "outcome", "firm", "step_firm", "ask", "story", "card"):
        setattr(selection, key, parts.get(key) or getattr(selection, key))
    selection.inputs = dict(parse_qsl(parts.get("inputs", ""), keep_blank_values=True))
    if (form := parts.get("form")) in FORMS:
        selection.form = form
    selection.numbers = frozenset(parts.get("numbers", "").split(",")) - {""}
    return selection
