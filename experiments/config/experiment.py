"""An experiment's file: which cells it has, and the config of each, with every problem told at once."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat, ValidationError

from computeshift.experiments.config.arguments import plain
from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.changes import in_files
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.expression import ExpressionError, Tree, is_name, parse
from computeshift.experiments.config.load import apply, load, position
from computeshift.experiments.config.overlay import parameter
from computeshift.experiments.config.own import of_expression
from computeshift.experiments.config.quantities import shipped
from computeshift.experiments.config.schema import MOST_WORLDS, Strict, problem
from computeshift.experiments.config.source import KeyPath, own_layer, place, sequence
from computeshift.experiments.errors import Problem, UserError

BASE = "base"
"""What may vary besides settings: the config that a cell starts from."""
MOST = 10_000
"""Cells of an experiment, at most."""
_SAME = ("worlds", "seed", "until", "start", "known_until")
"""Keys that all cells share, so that their worlds pair."""
_DIGITS = 6
"""Significant digits of a sampled value: a table can show all of them."""

Value = str | int | float | bool | None
Settings = dict[str, Value]
Keep = Literal["summary", "agents", "flows", "all"]
Stores = Callable[[Keep, Tree, Cast], bool]
"""Whether a run of a level stores all that an expression is made of."""
Method = Literal["lhs", "sobol"]


class Samples(Strict):
    """Points drawn evenly over ranges: `n` of them, each a cell."""

    method: Method = "lhs"
    n: Annotated[int, Field(ge=2, le=MOST)]
    of: dict[str, Annotated[list[FiniteFloat], Field(min_length=2, max_length=2)]]


class Document(Strict):
    """An experiment's file as written."""

    name: str = ""
    asks: str = ""
    base: str = "baseline"
    worlds: Annotated[int, Field(ge=1, le=MOST_WORLDS)] | None = None
    seed: Annotated[int, Field(ge=0)] | None = None
    until: int | None = None
    keep: Keep = "summary"
    vary: dict[str, list[Any]] | None = None
    samples: Samples | None = None
    cases: list[dict[str, Any]] | None = None
    outcomes: list[str] = Field(default_factory=list)
    ask: list[Any] = Field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    """One cell: its number from 1 on, its settings by dotted key (and `base`), and its config."""

    number: int
    settings: Settings
    config: Config

    @functools.cached_property
    def hash(self) -> str:
        """That of its config, computed once."""
        return self.config.hash


@dataclass(frozen=True)
class Experiment:
    """An experiment as resolved: its cells in order, of which the first is the reference.

    `varied` names the settings that differ over cells.
    """

    document: Document
    name: str
    cells: tuple[Cell, ...]
    varied: tuple[str, ...]


def load_experiment(
    source: str | Path | Config,
    set: Mapping[str, Any] | None = None,
    outcomes: Sequence[str] | None = None,
    stores: Stores | None = None,
    **given: Any,
) -> Experiment:
    """The experiment of a file, or a config whose settings with a list of values make a grid.

    A file is an experiment's if it has one of `vary`, `samples` and `cases`. `set` is laid on every cell; a
    list in it, `["vision", "exit"]` or the text `[vision, exit]`, is varied. `outcomes` and what is `given`,
    `worlds` and `seed`, replace those of the file. An expression among the outcomes becomes an outcome of
    each cell's config, as a summary lacks it, unless `stores` says that the level has all it is made of.

    UserError with every problem, before any cell is simulated.
    """
    varied, same = _lists(set or {})
    same |= {key: value for key, value in given.items() if value is not None}
    if isinstance(source, Config) or not is_experiment(source):
        document, base = Document(vary=varied or None), source
        places: Mapping[KeyPath, str] = {}
    else:
        document, places = _read(Path(source).expanduser())
        if varied:
            right = "write the list under `vary` in the file, or name a config"
            key = next(iter(varied))
            raise UserError([Problem(parameter(key), key, f"{source} has cells of its own", right)])
        if fixed := [key for key, _ in _keys(document, places) if key in same]:
            wrong, right = f"it varies over the cells of {source}", "leave it out, or change the file"
            raise UserError([Problem(parameter(key), key, wrong, right) for key in dict.fromkeys(fixed)])
        base = document.base
    if outcomes:
        document = document.model_copy(update={"outcomes": list(outcomes)})
    points = _points(document)
    wheres = [_where(document, places, i) for i in range(len(points))]
    folder = None if isinstance(source, Config) else Path(source).expanduser().parent
    drawn = _cells(points, wheres, base, _shared(document) | same, folder)
    cells = tuple(
        replace(cell, config=_with_expressions(cell.config, document, places, stores)) for cell in drawn
    )
    keys = tuple(dict.fromkeys(key for point in points for key in point))
    name = document.name or (source.name if isinstance(source, Config) else Path(source).stem)
    return Experiment(document, name, cells, keys)


def is_experiment(source: str | Path) -> bool:
    """Whether a path is an experiment's file: one that has `vary`, `samples` or `cases`."""
    file = Path(source).expanduser()
    return file.is_file() and any(key in own_layer(file).tree for key in ("vary", "samples", "cases"))


def _read(file: Path) -> tuple[Document, Mapping[KeyPath, str]]:
    """The document in a file; UserError with every problem of its form."""
    layer = own_layer(file)
    problems = list(layer.problems)
    try:
        document = Document.model_validate(layer.tree)
    except ValidationError as errors:
        found = errors.errors(include_url=False)
        shaped = (problem(error, layer.places, _known(error["loc"])) for error in found)
        raise UserError([*problems, *shaped]) from None
    problems += _of_form(document, layer.places)
    if problems:
        raise UserError(problems)
    return document, layer.places


def _known(path: KeyPath) -> Iterable[str]:
    """The keys that are known beside one."""
    return (Samples if path[0] == "samples" and len(path) > 1 else Document).model_fields


def _of_form(document: Document, places: Mapping[KeyPath, str]) -> Iterator[Problem]:
    """What no schema says: one way to make cells, no empty list, ranges that are ranges."""
    ways = [key for key in ("vary", "samples", "cases") if getattr(document, key) is not None]
    for key in ways[1:]:
        wrong = f"{' and '.join(ways)} are two ways to make cells"
        yield Problem(place(places, (key,)), key, wrong, f"leave out one; {ways[0]} may name all settings")
    if document.cases == []:
        yield Problem(
            place(places, ("cases",)), "cases", "no cell", "write a list of settings, [{KEY: VALUE}]"
        )
    if document.samples is not None and not document.samples.of:
        where = place(places, ("samples", "of"))
        yield Problem(where, "samples.of", "nothing is sampled", "write {KEY: [low, high]}")
    for key, values in (document.vary or {}).items():
        if not values:
            yield Problem(place(places, ("vary", key)), f"vary.{key}", "no value", "write a list, [A, B]")
        if twice := [value for i, value in enumerate(values) if value in values[:i]]:
            wrong = f"{twice[0]!r} is there twice"
            yield Problem(place(places, ("vary", key)), f"vary.{key}", wrong, "name each value once")
    for key, (low, high) in (document.samples.of if document.samples else {}).items():
        if low >= high:
            wrong = f"{low:g} is not below {high:g}"
            yield Problem(place(places, ("samples", "of", key)), key, wrong, "write [low, high]")
    for key, where in _keys(document, places):
        if key in _SAME:
            wrong = "all cells share it, so that their worlds pair"
            top = key in ("worlds", "seed", "until")
            right = f"write `{key}: ...` at the top of the file" if top else "vary `base`, a config"
            yield Problem(where, key, wrong, right)


def _keys(document: Document, places: Mapping[KeyPath, str]) -> Iterator[tuple[str, str]]:
    """Each key that varies, and where it stands."""
    for key in document.vary or {}:
        yield key, place(places, ("vary", key))
    for key in document.samples.of if document.samples else {}:
        yield key, place(places, ("samples", "of", key))
    for i, case in enumerate(document.cases or []):
        for key in case:
            yield key, place(places, ("cases", i, key))


# --- points: the settings of each cell ---


def _points(document: Document) -> list[Settings]:
    """The settings of each cell, in order. UserError if there are too many."""
    count = _count(document)
    if count > MOST:
        raise UserError(f"{count:,} cells are too many; use at most {MOST:,}")
    if document.samples is not None:
        return _sampled(document.samples, document.seed or 0)
    if document.cases is not None:
        return [plain(case) for case in document.cases]
    vary = document.vary or {}
    return [dict(zip(vary, values, strict=True)) for values in itertools.product(*map(plain, vary.values()))]


def _count(document: Document) -> int:
    if document.samples is not None:
        return document.samples.n
    if document.cases is not None:
        return len(document.cases)
    return math.prod(len(values) for values in (document.vary or {}).values())


def _sampled(samples: Samples, seed: int) -> list[Settings]:
    """Points of a Latin hypercube, or of a scrambled Sobol sequence: its first points stay if `n` grows."""
    from scipy.stats import qmc

    make = {"lhs": qmc.LatinHypercube, "sobol": qmc.Sobol}[samples.method]
    engine = make(d=len(samples.of), rng=seed)
    if samples.method == "sobol":
        unit = engine.random_base2(math.ceil(math.log2(samples.n)))[: samples.n]
    else:
        unit = engine.random(samples.n)
    low, high = zip(*samples.of.values(), strict=True)
    scaled = qmc.scale(unit, low, high)
    return [
        {key: float(f"{value:.{_DIGITS}g}") for key, value in zip(samples.of, row, strict=True)}
        for row in scaled.tolist()
    ]


# --- cells: the config of each point ---


def _cells(
    points: Sequence[Settings],
    wheres: Sequence[Mapping[str, str]],
    base: str | Path | Config,
    same: Mapping[str, Any],
    folder: Path | None,
) -> tuple[Cell, ...]:
    """The cells; UserError with the problems of all that are refused, each said once.

    A base that is a file may be one in the `folder`.
    """
    bases: dict[Any, Config] = {}
    cells: list[Cell] = []
    problems: dict[Problem, None] = {}
    for number, (point, where) in enumerate(zip(points, wheres, strict=True), 1):
        own = {key: value for key, value in point.items() if key != BASE}
        try:
            start = _base(_beside(point.get(BASE, base), folder), bases, same)
            cells.append(Cell(number, point, apply(start, own).sharing(start)))
        except UserError as wrong:
            problems |= dict.fromkeys(_moved(wrong, own, where))
    if problems:
        raise UserError(sorted(problems, key=position))
    return tuple(cells)


def _base(base: Any, known: dict[Any, Config], same: Mapping[str, Any]) -> Config:
    """The config that a cell starts from, read once; all have the worlds and the seed of the first."""
    if not isinstance(base, str | Path | Config):
        raise UserError([Problem("", BASE, f"{base!r} is no config", "write a config's name or file")])
    if not isinstance(base, Config) and is_experiment(base):
        right = "name a config, such as the base of that file"
        raise UserError([Problem("", BASE, f"{base} is an experiment's file, not a config", right)])
    key = base.hash if isinstance(base, Config) else base
    if key not in known:
        first = next(iter(known.values()), None)
        sample = {"worlds": first.worlds, "seed": first.seed} if first else {}
        known[key] = load(base, {**sample, **same})
    return known[key]


def _moved(wrong: UserError, own: Iterable[str], where: Mapping[str, str]) -> Iterator[Problem]:
    """A cell's problems, where they stand in the experiment's file."""
    parameters = {parameter(key): key for key in own}
    for one in wrong.problems:
        if isinstance(one, str):
            yield Problem(where.get(BASE, ""), BASE, one)
        elif (key := parameters.get(one.where)) is not None and key in where:
            yield Problem(where[key], key, one.wrong, one.right)
        else:
            yield one if one.where else Problem(where.get(BASE, ""), BASE, one.wrong, one.right)


def _where(document: Document, places: Mapping[KeyPath, str], i: int) -> dict[str, str]:
    """Where the settings of a cell stand, by key."""
    if document.cases is not None:
        return {key: place(places, ("cases", i, key)) for key in document.cases[i]}
    where = dict(_keys(document, places)) if places else {}
    return where | ({BASE: place(places, (BASE,))} if places and BASE not in where else {})


def _with_expressions(
    config: Config, document: Document, places: Mapping[KeyPath, str], stores: Stores | None
) -> Config:
    """The config with the expressions among the outcomes as outcomes of its own, so that a summary has them.

    UserError with the line of one that is none in its market.
    """
    own = dict(config.outcomes)
    for i, text in enumerate(document.outcomes):
        if is_name(text):
            continue
        try:
            written = of_expression(text, config.cast, config.outcomes, config.start)
        except ExpressionError as error:
            where = place(places, ("outcomes", i)) or "`outcomes`"
            raise UserError([Problem(where, "", f"{text!r}: {error.wrong}", error.right)]) from None
        if stores is not None and stores(document.keep, parse(written.of), config.cast):
            continue
        name = in_files(written.of)
        while name in own or name in shipped():  # a / b and a + b; openai.revenue
            name += "_"
        own[name] = written
    return config.model_copy(update={"outcomes": own})


def _shared(document: Document) -> dict[str, Any]:
    """Settings of every cell that stand at the top of the file."""
    top = {"worlds": document.worlds, "seed": document.seed, "until": document.until}
    return {key: value for key, value in top.items() if value is not None}


def _lists(set: Mapping[str, Any]) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    """The settings that have a list of values, and the others."""
    read: dict[str, list[Any] | None] = {}
    for key, value in set.items():
        try:
            read[key] = _list(value)
        except ValueError as error:
            broken = f"{value!r} can't be read as a list: {error}"
            raise UserError([Problem(parameter(key), key, broken, "check its quotes and brackets")]) from None
    if empty := [key for key, values in read.items() if values is not None and not values]:
        raise UserError([Problem(parameter(key), key, "no value", "write a list, [A, B]") for key in empty])
    varied = {key: values for key, values in read.items() if values is not None}
    if wrong := [key for key in varied if key in _SAME]:
        same = "all cells share it, so that their worlds pair"
        raise UserError([Problem(parameter(key), key, same, "write one value") for key in wrong])
    return varied, {key: value for key, value in set.items() if key not in varied}


def _list(value: Any) -> list[Any] | None:
    """The values of a list, also of one that is written as `[A, B]`; None for one value.

    ValueError for one that can't be read.
    """
    value = plain(value)
    if isinstance(value, str) and value.strip().startswith("["):
        return sequence(value)
    return value if isinstance(value, list) else None


def _beside(base: Any, folder: Path | None) -> Any:
    """A base that is a file is one beside the experiment's file, if there is one."""
    if folder is None or not isinstance(base, str) or not base.endswith((".yaml", ".yml")):
        return base
    return beside if (beside := folder / base).is_file() else base
