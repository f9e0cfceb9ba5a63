"""What a page asks: a scenario, settings laid on it, and what it is held against; as a link, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from computeshift.experiments.views.dashboard.selection import LINKED

OWN = ("config", "against", *LINKED)
"""Keys of a link that are no settings; every other key is one of `--set`, or worlds, seed, until."""


@dataclass(frozen=True)
class Query:
    """A scenario by name, settings as texts under the keys of `--set`, and a second scenario or none."""

    config: str
    settings: Mapping[str, str] = field(default_factory=dict)
    against: str = ""

    def laid(self, changes: Mapping[str, str | None]) -> Query:
        """The same with some settings changed; one that is None or empty is as the scenario has it.

        >>> Query("baseline", {"seed": "2"}).laid({"seed": None, "worlds": "50"}).settings
        {'worlds': '50'}
        """
        settings = {**self.settings, **changes}
        return replace(self, settings={key: text for key, text in settings.items() if text})

    def link(self, **selection: object) -> str:
        """The query of a link that asks the same and shows the same.

        >>> Query("baseline", {"softbank.strategy": "prudent"}).link(tab="shares", year=2027)
        'config=baseline&softbank.strategy=prudent&tab=shares&year=2027'
        """
        against = {"against": self.against} if self.against else {}
        told = {key: value for key, value in selection.items() if value not in (None, "")}
        return urlencode({"config": self.config, **against, **self.settings, **told})


def from_link(pairs: Iterable[tuple[str, str]], default: Query) -> tuple[Query, dict[str, str]]:
    """What a link asks, and what it shows; a link that names nothing asks the default.

    >>> asked, shown = from_link([("seed", "7"), ("tab", "money")], Query("baseline"))
    >>> asked.config, asked.settings, shown
    ('baseline', {'seed': '7'}, {'tab': 'money'})
    """
    given = dict(pairs)
    own = {key: given.pop(key) for key in OWN if key in given}
    selection = {key: own[key] for key in LINKED if key in own}
    if not given and not own.keys() & {"config", "against"}:
        return default, selection
    return Query(own.get("config") or default.config, {}, own.get("against", "")).laid(given), selection
