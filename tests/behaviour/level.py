"""Facts about 2025 beside what the worlds say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from computeshift.experiments.config.facts import rows
from computeshift.experiments.results.results import Results


def fact(entity: str, variable: str, period: str) -> float:
    """The actual figure with the highest confidence."""
    order = {"high": 0, "medium": 1, "low": 2}
    actual = [row for row in rows()[f"{entity}/{variable}/{period}"] if row["kind"] == "actual"]
    return float(min(actual, key=lambda row: order[row["confidence"]])["value"])


def table(results: Results) -> Iterator[tuple[str, float, float, float, float]]:
    """Name, fact, P10, median and P90 of the worlds, for what 2025 turned out to be."""

    def of(agent: str, variable: str) -> npt.NDArray[np.float64]:
        return results.variable(agent, variable)[2025].to_numpy()

    paid = results.flow("equity", "softbank", "openai")[2025].to_numpy()
    tranches = [fact("SoftBank", "investment_in_OpenAI", month) for month in ("2025-04", "2025-12")]
    compared = {
        "OpenAI's revenue, $ bn": (fact("OpenAI", "revenue", "2025"), of("openai", "revenue")),
        "OpenAI's capacity at year end, GW": (
            fact("OpenAI", "compute_capacity_available", "2025"),
            of("openai", "capacity_gw"),
        ),
        "OpenAI's inference spending, $ bn": (
            fact("OpenAI", "compute_spend_inference", "2025"),
            of("openai", "inference_spend"),
        ),
        "OpenAI's training spending, $ bn": (
            fact("OpenAI", "compute_spend_rd", "2025"),
            of("openai", "training_spend"),
        ),
        "OpenAI's burn, $ bn": (-fact("OpenAI", "free_cash_flow", "2025"), of("openai", "burn")),
        "Microsoft's capex with leases, $ bn": (
            fact("Microsoft", "capex_incl_finance_leases", "2025"),
            of("microsoft", "capex"),
        ),
        # Its fiscal year ends in May; these four quarters are the nearest to the calendar year.
        "Oracle's capex (December 2024 to November 2025), $ bn": (
            fact("Oracle", "capex", "2024-12..2025-11"),
            of("oracle", "capex"),
        ),
        "SoftBank's money into OpenAI in 2025, $ bn": (sum(tranches), paid),
    }
    for name, (actual, worlds) in compared.items():
        low, middle, high = np.quantile(worlds, [0.1, 0.5, 0.9])
        yield name, actual, float(low), float(middle), float(high)
