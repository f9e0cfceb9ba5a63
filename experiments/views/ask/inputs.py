"""The inputs of a page's questions: what may be chosen, and what is chosen at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from computeshift.agents.strategy import strategies_of
from computeshift.experiments.config.cast import LAB
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.results.claims import claims_of
from computeshift.experiments.results.outcomes import OUTCOMES, own_outcomes
from computeshift.experiments.run.sample import config_of
from computeshift.experiments.views.ask.subject import Subject
from computeshift.experiments.views.plots.amounts import amounts

Options = Mapping[str, str]
"""What may be chosen, each with its words."""


@dataclass(frozen=True)
class Input:
    """A choice: the `option` of the question that it gives, and what its values may be.

    `free`: another value may be written, such as an expression.
    """

    name: str
    option: str
    label: str
    options: Callable[[Subject], Options]
    first: Callable[[Subject, Options], str]
    free: bool = False


# --- what may be chosen ---


def outcomes(subject: Subject) -> Options:
    """The outcomes that are shipped, and those of the config."""
    return {name: capitalised(named(name)) for name in (*OUTCOMES, *own_outcomes(subject.config))}


def firms(subject: Subject) -> Options:
    """All firms."""
    return {name: capitalised(named(name)) for name in subject.config.firms}


def players(subject: Subject) -> Options:
    """Firms with a strategy to choose."""
    kinds = {name: firm.kind for name, firm in subject.config.firms.items()}
    return {name: words for name, words in firms(subject).items() if len(strategies_of(kinds[name])) > 1}


def claims(subject: Subject) -> Options:
    """The claims, by their sentences."""
    return {name: claim.sentence for name, claim in claims_of(subject.config).items()}


def years(subject: Subject) -> Options:
    """All years."""
    return {str(year): str(year) for year in subject.years}


def references(subject: Subject) -> Options:
    """The scenarios to compare with."""
    return subject.references


def ways(_: Subject) -> Options:
    """Whether a claim fails or holds."""
    return {"": "fails", "holds": "holds"}


# --- what is chosen at first ---


def any_(_: Subject, options: Options) -> str:
    """The first one."""
    return next(iter(options), "")


def lab(subject: Subject, options: Options) -> str:
    """The lab that outcomes are about, or else the first one."""
    focus = subject.config.cast.firm(LAB)
    return focus if focus in options else any_(subject, options)


def rival(subject: Subject, options: Options) -> str:
    """The first one besides that lab."""
    return next((name for name in options if name != lab(subject, options)), "")


def last(_: Subject, options: Options) -> str:
    """The last one."""
    return list(options)[-1]


def middle(_: Subject, options: Options) -> str:
    """The one in the middle: deals are in force, and there is time for what follows."""
    return list(options)[len(options) // 2]


def reference(subject: Subject, options: Options) -> str:
    """The page's own reference; else the scenario without its changes, or one of its start and cast."""
    if subject.against in options:
        return subject.against
    name, start = subject.config.name, subject.config.start
    if subject.config.changes and name in options:
        return name
    configs = {other: config_of(subject.reference(other).source) for other in options if other != name}
    unlike = {
        other: len(set(config.firms) ^ set(subject.config.firms))
        for other, config in configs.items()
        if config.start == start
    }
    return min(unlike, key=lambda other: unlike[other], default="")


def open_claim(subject: Subject, options: Options) -> str:
    """The claim that holds in about half of the worlds on the page: the others leave little to find."""
    if subject.results is None:
        return any_(subject, options)
    shares = {name: float(held.mean()) for name, held in amounts(subject.results).held.items() if len(held)}
    known = [name for name in options if name in shares]
    return min(known, key=lambda name: abs(shares[name] - 0.5), default=any_(subject, options))
