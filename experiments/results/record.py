"""What a question reads: a results folder, or worlds in memory that are never stored."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.config.cast import Cast, of_setup
from computeshift.experiments.results.deals import LoggedDeal, logged_deal
from computeshift.experiments.results.excluded import Excluded, Reasons, joined
from computeshift.experiments.results.lookup import Lookup
from computeshift.experiments.results.outcomes import OUTCOMES
from computeshift.experiments.results.tables import Cells, cells_of

if TYPE_CHECKING:
    from computeshift.environment.market import ComputeMarket

T = TypeVar("T")


class Record(Protocol):
    """What happened in many worlds: tables of worlds by years, worlds that break a check of sense left out.

    `Results` is one (on disk), `MarketRecord` another (in memory): a question asks either the same way. A
    name that does not exist is a UserError; `*_or_empty` and `flow_or_zero` are for what a market may lack.
    """

    @property
    def years(self) -> list[int]:
        """The years that were simulated."""
        ...

    @property
    def firms(self) -> Mapping[str, str]:
        """The firms by name, each with its kind."""
        ...

    @property
    def cast(self) -> Cast:
        """Which firm stands for one that outcomes, claims and facts name."""
        ...

    def remember(self, make: Callable[[Any], T]) -> T:
        """What `make` reads off this record: made once, and remembered as long as the record lives."""
        ...

    def flow(self, kind: str, source: str | None = None, target: str | None = None) -> pd.DataFrame:
        """What flowed, worlds x years, summed over holders that are not named; zero if nothing did."""
        ...

    def flow_or_zero(self, kind: str, source: str | None = None, target: str | None = None) -> pd.DataFrame:
        """The same; zero too where this market has no such holder."""
        ...

    def ties(self) -> list[tuple[str, str, str]]:
        """Source, target and kind of everything that ever flowed, in order of first flow."""
        ...

    def units(self) -> dict[str, str]:
        """The unit of every kind of flow that there was."""
        ...

    def deals_or_none(self) -> list[LoggedDeal]:
        """Every deal under which something was ever due; none where this record did not store them."""
        ...

    def deal_or_zero(self, name: str, number: str) -> pd.DataFrame:
        """A number of a deal, worlds x years; zero where nothing was due. UserError if none was stored."""
        ...

    def deal_numbers(self, name: str, numbers: Sequence[str]) -> list[pd.DataFrame]:
        """Several numbers of a deal, each as `deal_or_zero` has it."""
        ...

    def logged(self) -> dict[str, tuple[str, str]]:
        """What firms log: unit and meaning by name."""
        ...

    def variable(self, agent: str, name: str) -> pd.DataFrame:
        """A firm's variable, worlds x years. UserError if it has none."""
        ...

    def variable_or_empty(self, agent: str, name: str) -> pd.DataFrame:
        """A firm's variable, worlds x years; no rows where this market or this firm has none."""
        ...

    def has(self, agent: str, name: str) -> bool:
        """Whether a firm has a variable."""
        ...

    def outcome(self, name: str) -> pd.DataFrame:
        """An outcome by name or as an expression, worlds x years. UserError if it has no value here."""
        ...

    def outcome_or_empty(self, name: str) -> pd.DataFrame:
        """An outcome by name or as an expression; no rows, or no numbers, where this market has none."""
        ...

    def market_variable(self, name: str) -> pd.DataFrame:
        """A variable of the market, worlds x years."""
        ...

    def market_variable_or_empty(self, name: str) -> pd.DataFrame:
        """A variable of the market, worlds x years; no rows where this record has none."""
        ...

    def counterpart_or_empty(self, name: str) -> pd.DataFrame:
        """A variable of the market of the same worlds without the firm that claims want gone.

        Worlds x years, as far as claims need them; NaN where that market breaks a check of sense. No rows
        where there is no such firm, or no claim needs it.
        """
        ...


Counterparts = Mapping[str, npt.NDArray[np.float64]]
"""Variables of the market of the same worlds without a firm, by name, `(years, W)`; NaN: not known."""


class MarketRecord(Lookup):
    """A market that was simulated to its end, as a `Record`. It reads the market: use it while that lives."""

    def __init__(
        self,
        market: ComputeMarket,
        counterparts: Callable[[], Counterparts] = dict,
        place: int = 0,
        parts: int = 1,
    ) -> None:
        """`counterparts` simulates the market without firms, when a claim first needs that.

        Of a market whose rows are `parts` times the same worlds, each time with other numbers, the record
        is that at `place`.
        """
        self._market = market
        self._simulate_counterparts = counterparts
        setup = market.setup
        self.years = list(range(setup.start + 1, market.year + 1))
        self.cast = of_setup(setup)
        self.firms = self.cast.firms
        count = setup.worlds // parts
        self._worlds = np.arange(setup.first_world, setup.first_world + count)
        self._rows = slice(place * count, (place + 1) * count)

    @functools.cached_property
    def excluded(self) -> Excluded:
        """Which worlds count, and why others do not: no table has them.

        A world is listed by the first check that it breaks.
        """
        broken = self._market.sense.reasons()
        rows = range(self._market.setup.worlds)[self._rows]
        first, own = self._market.setup.first_world, dict[str, list[int]]()
        for reason, numbers in broken.items():
            if worlds := [n - rows.start for n in numbers if n - first in rows]:
                own[reason] = worlds
        return Excluded(self._worlds, joined([own]))

    @property
    def reasons(self) -> Reasons:
        """The worlds that are left out, by reason."""
        return self.excluded.reasons

    @property
    def left_out(self) -> list[int]:
        """Worlds that break a check of sense: no table has them."""
        return self.excluded.worlds

    def flow_or_zero(self, kind: str, source: str | None = None, target: str | None = None) -> pd.DataFrame:
        """What flowed, worlds x years, summed over holders that are not named; zero if nothing flowed.

        Summed tie by tie, as a results folder does: to the last bit.
        """
        slab = np.zeros((len(self.years), len(self._worlds)))
        for (giver, taker), along in self._flows.get(kind, {}).items():
            if source in (None, giver) and target in (None, taker):
                slab += along
        return self._table(slab)

    def ties(self) -> list[tuple[str, str, str]]:
        """Source, target and kind of everything that ever flowed, in order of first flow."""
        return list(self._ties)

    def units(self) -> dict[str, str]:
        """The unit of every kind of flow that there was."""
        return {flow.kind: flow.unit for flow in self._market.ledger.flows}

    def deals_or_none(self) -> list[LoggedDeal]:
        """Every deal under which something was ever due, in order of its first year."""
        return list(dict.fromkeys(map(logged_deal, self._market.deals.log)))

    def deal_or_zero(self, name: str, number: str) -> pd.DataFrame:
        """A number of a deal, worlds x years; zero where nothing was due."""
        slab = np.zeros((len(self.years), len(self._worlds)))
        for state in self._market.deals.log:
            if logged_deal(state).deal == name:
                slab[state.year - self.years[0]] = state.numbers[number][self._rows]
        return self._table(slab)

    def variable_or_empty(self, agent: str, name: str) -> pd.DataFrame:
        """A firm's variable, worlds x years; no rows where this market or this firm has none."""
        if name not in self.agents:
            return pd.DataFrame(columns=self.years, dtype=float)
        rows = [i for i, known in enumerate(self.agents["agent"]) if known == agent]
        cells = [self.agents[name][row] for row in rows]
        if not cells or any(cell is None or isinstance(cell, str) for cell in cells):
            return pd.DataFrame(columns=self.years, dtype=float)
        return self._table(self._slab(cells))

    def _shipped(self, name: str) -> pd.DataFrame:
        return self.remember(OUTCOMES[name].of)  # claims ask for those that a summary has

    def market_variable_or_empty(self, name: str) -> pd.DataFrame:
        """A variable of the market, worlds x years; no rows where there is none of that name."""
        if name not in self.of_market:
            return pd.DataFrame(columns=self.years, dtype=float)
        return self._table(self.slab_of_market(name))

    def counterpart_or_empty(self, name: str) -> pd.DataFrame:
        """A variable of the market of the same worlds without the firm that claims want gone."""
        if name not in self._counterparts:
            return pd.DataFrame(columns=self.years, dtype=float)
        return self._table(self._counterparts[name])

    def slab_of_market(self, name: str) -> npt.NDArray[np.float64]:
        """A variable of the market, `(years, W)`, every world."""
        return self._slab(self.of_market[name])

    # --- what is read once ---

    @functools.cached_property
    def _counterparts(self) -> Counterparts:
        return self._simulate_counterparts()

    @functools.cached_property
    def _ties(self) -> tuple[tuple[str, str, str], ...]:
        """Source, target and kind of everything that ever flowed, in order of first flow."""
        return tuple(dict.fromkeys((f.source, f.target, f.kind) for f in self._market.ledger.flows))

    @functools.cached_property
    def _flows(self) -> dict[str, dict[tuple[str, str], npt.NDArray[np.float64]]]:
        """What flowed, by kind and tie in order of first flow, `(years, W)` each."""
        flows: dict[str, dict[tuple[str, str], npt.NDArray[np.float64]]] = {}
        shape = (len(self.years), len(self._worlds))
        for flow in self._market.ledger.flows:
            ties = flows.setdefault(flow.kind, {})
            slab = ties.setdefault((flow.source, flow.target), np.zeros(shape))
            slab[flow.year - self.years[0]] += self._own(flow.amount)
        return flows

    @functools.cached_property
    def agents(self) -> dict[str, list[object]]:
        """What firms logged: by variable one cell per firm and year, None where a firm has none."""
        return self._own_cells(self._market.datacollector.agent_vars())

    @functools.cached_property
    def of_market(self) -> dict[str, list[object]]:
        """What the market logged: by variable one cell per year."""
        return self._own_cells(self._market.datacollector.model_vars)

    def _own_cells(self, logged: Cells) -> dict[str, list[object]]:
        return {name: [self._own(cell) for cell in cells] for name, cells in cells_of(logged).items()}

    def _own(self, cell: Any) -> Any:
        """The rows of this record of a cell; one value for all worlds stays."""
        return cell[self._rows] if isinstance(cell, np.ndarray) and cell.ndim else cell

    def _slab(self, cells: list[object]) -> npt.NDArray[np.float64]:
        shape = (len(self._worlds),)
        return np.stack([np.broadcast_to(np.asarray(cell, dtype=np.float64), shape) for cell in cells])

    def _table(self, slab: npt.NDArray[np.float64]) -> pd.DataFrame:
        """Years x worlds as worlds x years, the sound ones."""
        index, columns = self._axes
        every = pd.DataFrame(slab.T, index=index, columns=columns)
        return every if self.excluded.counts.all() else every[self.excluded.counts]

    @functools.cached_property
    def _axes(self) -> tuple[pd.Index[int], pd.Index[int]]:
        """Worlds and years of every table: made once, as tables are many."""
        return pd.Index(self._worlds, name="world"), pd.Index(self.years, name="year")
