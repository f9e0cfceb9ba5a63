"""Which firm of a market stands for one that outcomes, claims and facts name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from computeshift.agents import KINDS
from computeshift.agents.strategy import shipped
from computeshift.environment.setup import Setup
from computeshift.experiments.config.names import capitalised, named

LAB = "openai"
"""The lab that outcomes, claims and facts are about: a config's `focus`, where it has one."""


@dataclass(frozen=True)
class Cast:
    """The firms of a market by name, each with its kind; its focus, and the partners that it states."""

    firms: Mapping[str, str]
    focus: str | None = None
    partners: Mapping[str, str] = field(default_factory=dict)
    deals: tuple[str, ...] = ()
    """The names of the deals that its config gives."""

    def firm(self, name: str) -> str:
        """The firm that outcomes, claims and facts mean by a name.

        Of `openai` that is the focus, if there is one. Else it is the firm of that name, or the first
        firm of that kind; the name itself, where this market has neither.

        >>> Cast({"rival_lab": "lab", "oai": "openai"}).firm("openai")
        'oai'
        >>> Cast({"rival_lab": "lab", "oai": "openai"}, focus="rival_lab").firm("openai")
        'rival_lab'
        """
        return self.focus if name == LAB and self.focus else self.of_kind(name)

    def of_kind(self, name: str) -> str:
        """The firm of that name, or the first firm of that kind, whatever the focus."""
        return name if name in self.firms else self._first(name) or name

    def partner(self, firm: str, kind: str) -> str:
        """The partner of a firm: the one that it states, or the first firm of a kind; none is empty."""
        return self.partners.get(firm) or self._first(kind)

    def _first(self, kind: str) -> str:
        return next((firm for firm, known in self.firms.items() if known == kind), "")

    def worded(self, text: str) -> str:
        """A text of this package as a sentence, with the firms of this market for those that it names.

        >>> Cast({"oai": "openai"}).worded("What customers paid OpenAI in the year.")
        'What customers paid oai in the year.'
        """
        names = {label: named(firm) for label, firm in self.stand_ins().items()}
        if not names:
            return text
        every = "|".join(map(re.escape, names))
        return capitalised(re.sub(rf"\b({every})\b", lambda match: names[match[0]], text))

    def in_words(self) -> str:
        """Which firms stand for others, in words; nothing where none does.

        >>> Cast({"oai": "openai"}).in_words(), Cast({"openai": "openai"}).in_words()
        ('OpenAI is oai', '')
        """
        return ", ".join(f"{label} is {named(firm)}" for label, firm in self.stand_ins().items())

    def stand_ins(self) -> dict[str, str]:
        """Firms of other names, by the labels of those that they stand for, as `OpenAI`."""
        known = {card.label: name for name, card in KINDS.items() if card.label and shipped(card.written)}
        return {label: firm for label, name in known.items() if (firm := self.firm(name)) != name}


def of_setup(setup: Setup) -> Cast:
    """The cast of a market."""
    partners = {firm.name: firm.partner for firm in setup.firms if firm.partner}
    deals = tuple(deal.name for deal in setup.deals)
    return Cast({firm.name: firm.kind for firm in setup.firms}, setup.focus, partners, deals)
