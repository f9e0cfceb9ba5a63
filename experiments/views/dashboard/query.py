"""The query of a page: a scenario, its settings, and a reference; also as a link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from computeshift.experiments.views.dashboard.selection import LINKED

OWN = ("config", "against", *LINKED)
"""Keys of a link that are no settings; every other key is one of `set`, or worlds, seed, until."""


@dataclass(frozen=True)
class Query:
    """A scenario by name, settings as texts under the keys of `set`, and a second scenario or none."""

    config: str
    settings: Mapping[str, str] = field(default_factory=dict)
    against: str = ""

    def with_settings(self, changes: Mapping[str, str | None]) -> Query:
        """The same with some settings changed; None or an empty text removes a setting.

        >>> Query("baseline", {"seed": "2"}).with_settings({"seed": None, "worlds": "50"}).settings
        {'worlds': '50'}
        """
        settings = {**self.settings, **changes}
        return replace(self, settings={key: text for key, text in settings.items() if text})

    def link(self, **selection: object) -> str:
        """The query string of a link to the same page.

        >>> Query("baseline", {"softbank.strategy": "prudent"}).link(tab="shares", year=2027)
        'config=baseline&softbank.strategy=prudent&tab=shares&year=2027'
        """
        against = {"against": self.against} if self.against else {}
        selected = {key: value for key, value in selection.items() if value not in (None, "")}
        return urlencode({"config": self.config, **against, **self.settings, **selected})


def from_link(pairs: Iterable[tuple[str, str]], default: Query) -> tuple[Query, dict[str, str]]:
    """The query and the selection of a link; a link without a query has the default one.

    >>> query, selection = from_link([("seed", "7"), ("tab", "money")], Query("baseline"))
    >>> query.config, query.settings, selection
    ('baseline', {'seed': '7'}, {'tab': 'money'})
    """
    settings = dict(pairs)
    own = {key: settings.pop(key) for key in OWN if key in settings}
    selection = {key: own[key] for key in LINKED if key in own}
    if not settings and not own.keys() & {"config", "against"}:
        return default, selection
    query = Query(own.get("config") or default.config, {}, own.get("against", ""))
    return query.with_settings(settings), selection
