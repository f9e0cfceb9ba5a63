"""Claims: what the sources said, and in how many worlds each of it holds."""

from __future__ import annotations

import functools
import math
import operator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from computeshift.experiments.config.expression import is_name, parse
from computeshift.experiments.config.nodes import shipped_data
from computeshift.experiments.config.settling import WHEN, Rule, known_time
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.results.outcomes import OUTCOMES, Outcome, outcome_of

if TYPE_CHECKING:
    import pandas as pd

    from computeshift.experiments.config.config import Config
    from computeshift.experiments.results.record import Record
    from computeshift.experiments.results.results import Results

FILE = Path(__file__).with_name("claims.yaml")
CUMULATED_MARKET = {"ai_capacity_spending": "ai_lease_spending"}
"""Outcomes that can be compared with a market without a firm: the market variable they add up."""

COMPARES = {"at_least": operator.ge, "above": operator.gt, "below": operator.lt}
"""How an outcome stands to the figure of a claim, by the claim's test."""

Z_95 = 1.959963984540054  # 97.5% quantile of the normal distribution


def _known_outcome(name: str) -> str:
    if is_name(name) and name not in OUTCOMES:
        raise ValueError(f"there is no outcome {name!r}; use one of {', '.join(OUTCOMES)}")
    return name if name in OUTCOMES else str(parse(name))


def is_span(when: str) -> bool:
    """Whether a claim is about every year of a span, and not about one of them.

    >>> is_span("2026 to 2028"), is_span("by 2028"), is_span("ever")
    (True, False, False)
    """
    match = WHEN.fullmatch(when)
    return bool(match and match["first"])


def years_of(when: str, known: list[int]) -> list[int]:
    """Which of the known years a time is about.

    >>> years_of("by 2027", [2025, 2026, 2027, 2028]), years_of("2026 to 2027", [2026, 2027, 2028])
    ([2025, 2026, 2027], [2026, 2027])
    >>> years_of("in 2027", [2026, 2027, 2028]), years_of("ever", [2026, 2027])
    ([2027], [2026, 2027])
    """
    match = WHEN.fullmatch(when)
    if match is None or when == "ever":
        return known
    last = int(match["year"] or match["last"])
    first = {"in": last, "by": min(known, default=last)}.get(match["how"]) or int(match["first"])
    return [year for year in known if first <= year <= last]


class Claim(BaseModel):
    """A sentence from a source, as a test on an outcome: the name of a shipped one, or an expression.

    It is undecided before its last year, where the worlds begin after its first year, and in worlds where
    the outcome has no value. Of an outcome that adds up over years `since` says from which on it counts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    sentence: str
    source: str
    outcome: Annotated[str, AfterValidator(_known_outcome)]
    test: Literal["at_least", "above", "below", "rises", "below_against"]
    figure: float | None = None
    without: str | None = None
    fails_if: str = ""
    """What would prove it wrong, in words; empty where nobody wrote it."""
    when: Annotated[str, AfterValidator(known_time)]
    since: int | None = None
    settled_by: tuple[Rule, ...] = ()
    """Rules by which published figures settle it: it holds if all do, and fails with the first that does."""
    unsettled_because: str = ""
    """Why no figures settle it, or not both ways."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        compared = self.test == "below_against"
        if (self.figure is None) != (compared or self.test == "rises"):
            raise ValueError(f"{self.name}: at_least, above and below need a figure, others none")
        if (self.without is not None) != compared or (compared and self.outcome not in CUMULATED_MARKET):
            raise ValueError(f"{self.name}: below_against needs `without` and an outcome of the market")
        if compared and self.settled_by:
            raise ValueError(f"{self.name}: no figures are those of a market without a firm")
        return self

    def holds(self, results: Record) -> pd.Series[bool] | None:
        """Whether it holds, by world, those that decide it; None if the results can't decide it."""
        outcome = results.outcome_or_empty(self.outcome)
        years = self.years([int(year) for year in outcome.columns])
        if years is None:
            return None
        outcome = outcome[outcome[years].notna().any(axis=1)]
        if outcome.empty:
            return None
        if self.test == "rises":
            return (outcome[years].diff(axis=1).iloc[:, 1:] > 0).all(axis=1)
        if self.test == "below_against":
            return self._below_against(results, outcome, years)
        held: pd.DataFrame = COMPARES[self.test](outcome[years], self.figure or 0.0)
        return held.all(axis=1) if self.every_year else held.any(axis=1)

    def count(self, results: Record) -> tuple[int, int]:
        """In how many worlds it holds, and in how many it is decided."""
        held = self.holds(results)
        return (0, 0) if held is None else (int(held.sum()), len(held))

    def _below_against(
        self, results: Record, outcome: pd.DataFrame, years: list[int]
    ) -> pd.Series[bool] | None:
        against = results.counterpart_or_empty(CUMULATED_MARKET[self.outcome])
        against = against.cumsum(axis=1)[years].dropna()
        if against.empty:
            return None
        return (outcome.loc[against.index, years] < against).any(axis=1)

    def years(self, known: list[int]) -> list[int] | None:
        """The years to look at; None if the results do not reach from the first to the last of them."""
        if self._first_year is not None and known and self._first_year < min(known):
            return None
        return years_of(self.when, known) if self.last_year in (None, *known) else None

    @property
    def every_year(self) -> bool:
        """Whether it is about every year of a span, and not about one of them."""
        return is_span(self.when)

    @property
    def _first_year(self) -> int | None:
        """The first year that it is about; None where it is about whatever is simulated."""
        match = WHEN.fullmatch(self.when)
        return self.since or (int(match["first"]) if match and match["first"] else None)

    @property
    def last_year(self) -> int | None:
        """The year that decides it at the latest; None where that is the last one simulated."""
        match = WHEN.fullmatch(self.when)
        return None if match is None or self.when == "ever" else int(match["year"] or match["last"])


@functools.cache
def claims() -> dict[str, Claim]:
    """The claims of `claims.yaml` by name."""
    entries = shipped_data(FILE)
    return {name: Claim(name=name, **entry) for name, entry in entries.items()}


def claims_of(*configs: Config) -> dict[str, Claim]:
    """The claims that come with the package, and those of configs, by name.

    UserError if two configs have different claims of one name.
    """
    known = dict(claims())
    for config in configs:
        for name, own in config.claims.items():
            claim = Claim(name=name, **own.model_dump())
            if known.setdefault(name, claim) != claim:
                raise UserError(
                    f"the claim {name} of {config.label} is another than before: rename one of them"
                )
    return known


def claim_or_outcome(name: str, config: Config, parameter: str = "") -> Claim | Outcome:
    """The claim or the outcome of a name, shipped or of the config, or the outcome of an expression.

    UserError, with the nearest name, if there is none; `parameter` is the one that has it.
    """
    claims = claims_of(config)
    if name in claims:
        return claims[name]
    if is_name(name) and name not in OUTCOMES and name not in config.outcomes:
        at = f"`{parameter}`: " if parameter else ""
        right = instead(name, [*OUTCOMES, *config.outcomes, *claims])
        raise UserError(f"{at}there is no outcome or claim {name!r}; {right}")
    return outcome_of(name, config.cast, config.outcomes, config.start)


def counterfactuals(until: int) -> dict[str, dict[str, int]]:
    """For each firm that a claim wants gone: the market variables to compare, each with its last year."""
    wanted: dict[str, dict[str, int]] = {}
    for claim in claims().values():
        last = min(claim.last_year or until, until)
        if claim.without is not None:
            names, name = wanted.setdefault(claim.without, {}), CUMULATED_MARKET[claim.outcome]
            names[name] = max(last, names.get(name, last))
    return wanted


def evaluate(results: Results) -> pd.DataFrame:
    """One row per claim: probability with its 95% interval, worlds that decide, sentence, source.

    An undecided claim has no worlds and an empty probability.
    """
    import pandas as pd

    rows = []
    for claim in claims_of(results.config).values():
        hits, worlds = results.extract.claims.get(claim) or claim.count(results)
        low, high = wilson(hits, worlds)
        probability = hits / worlds if worlds else math.nan
        rows.append((claim.name, probability, low, high, worlds, claim.sentence, claim.source))
    columns = ["name", "probability", "low", "high", "worlds", "sentence", "source"]
    return pd.DataFrame(rows, columns=columns)


def wilson(hits: float, worlds: float) -> tuple[float, float]:
    """The 95% interval of a share seen in `hits` of `worlds` (Wilson's score).

    >>> [round(bound, 3) for bound in wilson(8, 10)]
    [0.49, 0.943]
    """
    if worlds == 0:
        return math.nan, math.nan
    share, spread = hits / worlds, Z_95**2 / worlds
    centre = (share + spread / 2) / (1 + spread)
    half = Z_95 / (1 + spread) * math.sqrt(share * (1 - share) / worlds + spread / (4 * worlds))
    return (centre - half if hits else 0.0), (centre + half if hits < worlds else 1.0)
