"""A posterior: parameters and factors of worlds that agree with the facts, in a file to draw from."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from computeshift.environment.bounds import Bounds
from computeshift.environment.draws import Draws
from computeshift.environment.setup import Array
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.factor import factor_of_column, parameter_of_column
from computeshift.experiments.config.parameter import Parameter
from computeshift.experiments.errors import UserError, instead
from computeshift.experiments.results.files import POSTERIOR, Target
from computeshift.experiments.results.manifest import PosteriorTerms

_KEY = POSTERIOR.marks[".parquet"].encode()
_START = ("initial_", "due_in_")
_HELD = ("stake_in_openai", "paid_into_openai")


def of_the_start(name: str) -> bool:
    """Whether a parameter describes the state at the start, which differs in another start year.

    >>> of_the_start("openai.initial_cash"), of_the_start("services.elasticity")
    (True, False)
    """
    last = name.rpartition(".")[2]
    return last.startswith(_START) or last in _HELD


def _differs(name: str) -> bool:
    """Whether another start year has its own number: of the state, and of deals, which it may not have."""
    return of_the_start(name) or name.startswith("deals.")


@dataclass(frozen=True)
class Posterior:
    """Rows of equal weight, one column per parameter, factor and residual, as it is used with a config.

    `unused` are columns of the file that stay as the config has them; `file` and its `sha256` are its
    source.
    """

    table: pd.DataFrame
    unused: list[str]
    file: Path
    sha256: str

    def draw(self, draws: Draws) -> dict[str, Array]:
        """Each world's row of it, columns `(W,)`: picked by a draw of its own, the same in any company."""
        picked = (draws.uniform("posterior", 0) * len(self.table)).astype(int)
        return {str(name): self.table[name].to_numpy(dtype=np.float64)[picked] for name in self.table}

    def terms(self) -> PosteriorTerms:
        """What a manifest says of it."""
        return PosteriorTerms(
            file=str(self.file),
            sha256=self.sha256,
            rows=len(self.table),
            laid=tuple(map(str, self.table)),
            kept=tuple(self.unused),
        )


def save(table: pd.DataFrame, to: Target, config: Config, about: Mapping[str, Any]) -> Path:
    """Write rows of equal weight, with the config whose worlds they were. UserError if it can't be."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    numbers = config.parameters()
    drawn = {str(name): list(numbers[str(name)].drawn) for name in table if name in numbers}
    loadings = {name: factor.loadings for name, factor in config.factors.items()}
    content = {
        **about,
        "hash": config.hash,
        "start": config.start,
        "drawn": drawn,
        **({"loadings": loadings} if loadings else {}),
    }
    written = pa.Table.from_pandas(table, preserve_index=False)
    table_with_key = written.replace_schema_metadata({_KEY: json.dumps(content, sort_keys=True)})
    return to.write(lambda file: pq.write_table(table_with_key, file))


def load(file: str | Path, config: Config) -> Posterior:
    """Read a posterior to use with a config.

    The config keeps what it has fixed, what it draws otherwise than the config that was calibrated (also
    by other loadings), and the state at the start if that is another year. What it keeps still follows the
    factors of the posterior. UserError if the file is no posterior, has a
    column that is no parameter of the config, a value that the config rules out, or nothing to use.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = Path(file).expanduser()
    try:
        content = path.read_bytes()
        read = pq.read_table(pa.BufferReader(content))
    except OSError as error:
        raise UserError(f"`posterior` {path}: {error.strerror or error}") from error
    except pa.ArrowInvalid as error:
        raise UserError(f"`posterior` {path}: it is no Parquet file") from error
    about = json.loads((read.schema.metadata or {}).get(_KEY, b"{}"))
    table, numbers = read.to_pandas(), config.parameters()
    elsewhere = about.get("start", config.start) != config.start
    strangers = [
        name
        for name in map(str, table)
        if not _is_known(name, numbers) and not (elsewhere and _differs(parameter_of_column(name) or name))
    ]
    if strangers:
        wrong = f"{config.label} has no parameter {', '.join(strangers)}; {instead(strangers[0], numbers)}"
        raise UserError(f"`posterior` {path}: {wrong}")
    if table.empty or not all(pd.api.types.is_float_dtype(kind) for kind in table.dtypes):
        raise UserError(f"`posterior` {path}: it has no rows of numbers")
    other = _other_factors(about, config, [str(name) for name in table])
    used = [str(name) for name in table if _is_used(str(name), about, config, other)]
    if not used:
        raise UserError(f"`posterior` {path}: {config.label} draws all of it otherwise, or has it fixed")
    for name in used:
        _check(path, name, table[name], numbers.get(name))
    unused = [str(name) for name in table if name not in used]
    return Posterior(table[used], unused, path.absolute(), hashlib.sha256(content).hexdigest())


def _is_known(column: str, numbers: Mapping[str, Parameter]) -> bool:
    """Whether a column is of a parameter of the config, or of any factor."""
    return factor_of_column(column) is not None or (parameter_of_column(column) or column) in numbers


def _other_factors(about: Mapping[str, Any], config: Config, columns: list[str]) -> set[str]:
    """The factors that columns load on otherwise than where they were calibrated, or on one side alone.

    A file that says nothing of loadings and has no factor is taken as drawn independently; one by hand
    (without any `about`) as drawn as the config draws.
    """
    own = {name: factor.loadings for name, factor in config.factors.items()}
    theirs = about.get("loadings", {}) if about else own
    return {
        factor
        for factor in {*own, *theirs}
        for name in columns
        if own.get(factor, {}).get(name, 0) != theirs.get(factor, {}).get(name, 0)
    }


def _is_used(column: str, about: Mapping[str, Any], config: Config, other: set[str]) -> bool:
    """Whether a column means the same here as where it was calibrated, and is open here."""
    if (factor := factor_of_column(column)) is not None:
        return factor in config.factors and factor not in other
    name = parameter_of_column(column) or column
    own = config.parameters().get(name)
    if own is None:
        return False
    same_start = about.get("start", config.start) == config.start
    same_range = about.get("drawn", {}).get(name, list(own.drawn)) == list(own.drawn)
    loads = any(name in config.factors[factor].loadings for factor in other if factor in config.factors)
    return own.uncertain and same_range and not loads and (same_start or not _differs(name))


def _check(path: Path, name: str, values: pd.Series[float], parameter: Parameter | None) -> None:
    """UserError if the config rules a value out; the tails of a lognormal reach to the bounds."""
    within = Bounds(-math.inf, math.inf)
    if parameter is not None and parameter.shape == "lognormal":
        within = parameter.bounds or within
    elif parameter is not None:
        within = Bounds(parameter.low, parameter.high)
    if not within.holds(np.asarray(values, dtype=np.float64)) or not np.isfinite(values).all():
        wrong = f"{values.min():g} to {values.max():g} is not within {within}"
        raise UserError(f"`posterior` {path}: {name}: {wrong}, where the config has it")
