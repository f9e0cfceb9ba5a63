"""The table of outcomes by profile that `strategies` and `game` print besides payoffs."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from computeshift.experiments.views.format import cell, level, scale, unit_label
from computeshift.experiments.views.text.table import Plain


def outcome_tables(rows: pd.DataFrame, reference: str) -> Iterator[Plain]:
    """One table per outcome: its mean for each profile, and the difference to the reference profile."""
    for name, own in rows.groupby("outcome", sort=False) if len(rows) else ():
        unit = own["unit"].iloc[0]
        table = Plain(f"{name}, {unit_label(unit)}" if unit else str(name), "", whole=True)
        for heading in ("mean", f"minus {reference}", "95% interval"):
            table.add_column(heading, justify="right")
        for row in own.to_dict("records"):
            change, low, high = (scale(unit) * row[column] for column in ("difference", "low", "high"))
            same = row["profile"] == reference
            between = "" if same else f"{cell(low)} to {cell(high)}"
            table.add_row(row["profile"], level(row["mean"], unit), "" if same else cell(change), between)
        yield table
