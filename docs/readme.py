"""The generated parts of the README and `columns.md`: `python docs/readme.py` writes them."""

from __future__ import annotations

import math
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import computeshift as cs  # noqa: E402
from computeshift.agents.kinds import variables  # noqa: E402
from computeshift.environment import deals, decisions, ledger, market  # noqa: E402
from computeshift.experiments.config.facts import first_published  # noqa: E402
from computeshift.experiments.config.names import named  # noqa: E402
from computeshift.experiments.questions.evidence.measures import measure, shipped  # noqa: E402
from computeshift.experiments.questions.evidence.scored import GROUPS  # noqa: E402
from computeshift.experiments.results.claims import claims  # noqa: E402
from computeshift.experiments.views.dashboard.answer import answer as sentence  # noqa: E402
from computeshift.experiments.views.format import figures  # noqa: E402
from computeshift.experiments.views.text.trust import COVERED, NEAR, off, overall, trusted  # noqa: E402
from computeshift.experiments.views.text.trust import table as table_of_groups  # noqa: E402
from docs.answer import BASE, PLAYERS, answer, scenarios  # noqa: E402
from docs.stamps import stamp  # noqa: E402
from tests.behaviour.level import table  # noqa: E402

README = ROOT / "README.md"
COLUMNS = ROOT / "docs" / "columns.md"
PERFORMANCE = ROOT / "docs" / "performance.md"
SUPPLIERS = 6
PARTS = ("opening", "answer", "today", "baseline", "level")
"""The parts of the README that worlds are played for."""


def opening(now: cs.Results, then: cs.Results) -> str:
    """The answer in two sentences, as the dashboard opens with it: from now on, and as it was said."""
    views = {
        f"The market as it stands, from the end of {now.config.start} on": now,
        f"The market as the sources saw it early in {then.config.start + 1}": then,
    }
    return "\n".join(f"- **{view}** (`{run.config.name}`): {sentence(run)}" for view, run in views.items())


def baseline(results: cs.Results) -> str:
    """The shares of OpenAI's compute that its largest suppliers have, and the claims, as Markdown."""
    shares = results.shares()
    years = (2025, 2027, 2030)
    lines = ["| share of OpenAI's compute | " + " | ".join(map(str, years)) + " |", "|---|---|---|---|"]
    largest = (
        shares[shares["year"] == years[-1]].sort_values("p50", ascending=False)["supplier"].head(SUPPLIERS)
    )
    for supplier in largest:
        rows = shares[shares["supplier"] == supplier].set_index("year")
        cells = [f"{rows.p50[y]:.0%} ({rows.p10[y]:.0%} to {rows.p90[y]:.0%})" for y in years]
        lines.append(f"| {named(supplier)} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "The columns do not add up to 100%: each cell is the median of its own row, and only the "
        f"{SUPPLIERS} largest\nsuppliers of {years[-1]} are shown.",
        "",
        f"| claim of the sources | holds in (of {results.worlds:,} worlds) | 95% interval |",
        "|---|---|---|",
    ]
    sentences = {name: claim.sentence for name, claim in claims().items()}
    for row in results.claims().itertuples():
        lines.append(
            f"| {sentences[str(row.name)]} | {row.probability:.1%} | {row.low:.1%} to {row.high:.1%} |"
        )
    return "\n".join(lines)


def today(results: cs.Results) -> str:
    """What `today` says of the years to come: its own claims, and OpenAI's numbers, as Markdown."""
    own, table = results.manifest.config.claims, results.claims().set_index("name")
    lines = [f"| what may come | holds in (of {results.worlds:,} worlds) | 95% interval |", "|---|---|---|"]
    for name, claim in own.items():
        row = table.loc[name]
        lines.append(f"| {claim.sentence} | {row.probability:.1%} | {row.low:.1%} to {row.high:.1%} |")
    shown = {
        "revenue": "revenue, $ bn",
        "burn": "burn (costs beyond revenue), $ bn",
        "used_gw": "compute used, mean of the year, GW",
        "capacity_gw": "compute in use at the year's end, GW",
    }
    years = (2026, 2028, 2030)
    lines += ["", f"| OpenAI, median (P10 to P90) | {' | '.join(map(str, years))} |", "|---|---|---|---|"]
    for name, label in shown.items():
        bands = results.variable("openai", name)[list(years)].quantile([0.5, 0.1, 0.9])
        cells = [
            f"{figures(bands[y][0.5])} ({figures(bands[y][0.1])} to {figures(bands[y][0.9])})" for y in years
        ]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    lines += ["", "These are results of the model. Levels are not to be quoted as forecasts: see "]
    lines[-1] += "[what may be quoted](docs/limits.md#what-may-be-quoted)."
    return "\n".join(lines)


def known() -> str:
    """How many of the facts behind the parameters were published only later, as a sentence."""
    config = cs.load("baseline")
    behind = {fact for number in config.parameters().values() for fact in number.facts}
    later = [fact for fact in behind if first_published(fact) > config.known_until]
    return (
        f"Of the {len(behind)} facts behind the baseline's parameters, {len(later)} are actual figures of "
        "2024 or before whose\nsources are later than March 2025: audited or leaked accounts, mostly."
    )


def level(results: cs.Results) -> str:
    """2025 compared with the worlds, as Markdown."""
    lines = ["| 2025 | fact | P10 | median | P90 |", "|---|---|---|---|---|"]
    for name, fact, low, middle, high in table(results):
        miss = "" if low <= fact <= high else " (missed)"
        lines.append(f"| {name}{miss} | {fact:.1f} | {low:.1f} | {middle:.1f} | {high:.1f} |")
    return "\n".join(lines)


def trust() -> str:
    """How far to trust the model: how often it was right, and what may be quoted."""
    row = measure(shipped(), way="fitted")
    return (
        f"How far to trust it: {row['covered90']:.0%} of {row['facts']} later facts lie within its 90% "
        f"intervals, where an honest model has 90%;\nits medians are {off(row['bias'])} on average.\n"
        f"{quotable()}"
    )


def quotable() -> str:
    """Which levels may be quoted, by the scorecard's rule."""
    reach = [name for group, name in GROUPS.items() if trusted(measure(shipped(), group=group, way="fitted"))]
    aim = (
        f"the aim ({COVERED:.0%} of its facts within 90% intervals, the median within "
        f"{math.expm1(NEAR):.0%} of them on average)"
    )
    if reach:
        return f"Levels may be quoted of {' and '.join(reach)} alone, which reach {aim}."
    return f"No group of facts reaches {aim}:\n**do not quote the model's levels as forecasts**."


def scorecard() -> str:
    """The scorecard that comes with the model: a paragraph, and a table by group."""
    measures = shipped()
    heads, *rows = table_of_groups(measures)
    lines = [f"{overall(measures)} {quotable()}", ""]
    lines += [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]
    return "\n".join(lines)


def costs() -> str:
    """What runs of the shipped configs cost, by what is stored, as `performance.md` has measured it."""
    page = PERFORMANCE.read_text(encoding="utf-8")
    (text,) = re.findall(r"<!-- casts -->\n\n(.*?)\n\n<!-- /casts -->", page, re.DOTALL)
    _, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines())
    lines = [
        "| config | stored (`--keep`) | worlds | seconds of one core | on disk, GB |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(row[:5])} |" for row in rows]
    return "\n".join(lines)


COLUMNS_HEAD = """\
# Columns

Written by `python docs/readme.py` from the model's own descriptions of its log.

A table is a folder of Parquet files, one per block of worlds; `--keep` says which tables there are. A file
says what its columns are about in its metadata, under `columns`; [files](guide/files.md) shows how pandas,
polars and DuckDB read them.

- `design` has a row per world, and a column per uncertain parameter (`computeshift show` gives units), then
  `factor.NAME` for every factor and `residual.PARAMETER` for every parameter that loads on one.
- All other tables have a row per world and year. `market` has a column per variable of the market.
- `agents`: `FIRM.VARIABLE`.
- `deals`: `DEAL NUMBER`.
- `flows`: `MEASURE KIND SOURCE TARGET`.
- `decisions`: `FIRM DECISION` is the limit that decided, `FIRM DECISION LIMIT` what each limit allowed.
- `outcomes`, which folders without flows have: a column per named outcome (`computeshift list`),
  `FIRM.VARIABLE`, and `KIND SOURCE TARGET` for each flow of capacity (GW) and of equity ($ bn).

What is posted twice in a year has two columns; the name of the second ends in ` 2`. A column is empty in
years without that posting or decision, and before a deal is signed. In names of outcomes and in
`openai.VARIABLE` of `outcomes`, `openai` is the lab that outcomes are about, whatever it is called in the
config: its `focus`, or else the firm of that name or of that kind.

`results.agents`, `results.deals`, `results.flows` and `results.decisions` are long views, made when they are
read: one row per world, year and firm, deal, posting or limit.
"""
"""How the page of columns begins."""


def columns() -> str:
    """The columns of the results' tables, with unit and meaning, as Markdown."""
    every = {name: ledger.measure(name, unit) for name, (unit, _) in ledger.FLOWS.items()}
    lines = [COLUMNS_HEAD]
    for name, logged in (("agents", variables()), ("market", market.VARIABLES)):
        lines += [f"## {name}", ""]
        lines += _rows("variable", "unit", "meaning", *((f"`{n}`", *about) for n, about in logged.items()))
    lines += ["## deals", "", "In each row of the long view `left + paid + cut = signed`.", ""]
    lines += _rows("number", "unit", "meaning", *((f"`{n}`", *about) for n, about in deals.STATES.items()))
    lines += ["## flows", "", "Amounts of different measures do not add up.", ""]
    lines += _rows("measure", "meaning", *((f"`{n}`", doc) for n, doc in ledger.MEASURES.items()))
    kinds = ((f"`{n}`", every[n], *about) for n, about in ledger.FLOWS.items())
    lines += _rows("kind", "measure", "unit", "meaning", *kinds)
    lines += ["## decisions", "", "The limit that decided is the first one within a kilowatt or a thousand"]
    lines += [
        "dollars of the smallest; what the firm wanted comes first. In the long view `bound` is true for it.",
        "",
    ]
    taken = ((f"`{n}`", *about) for n, about in decisions.DECISIONS.items())
    lines += _rows("decision", "unit", "meaning", *taken)
    lines += _rows("limit", "name", "meaning", *((f"`{n}`", *about) for n, about in decisions.LIMITS.items()))
    return "\n".join(lines).rstrip("\n") + "\n"


def _rows(*cells: str | tuple[str, ...]) -> list[str]:
    """A table in Markdown: its heads, then its rows."""
    heads = [cell for cell in cells if isinstance(cell, str)]
    rows = [cell for cell in cells if not isinstance(cell, str)]
    return [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)] + [""]


def put(text: str, name: str, content: str) -> str:
    """The text with what stands between two markers replaced."""
    pattern = re.compile(rf"(<!-- {name}:[^\n]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}\n{content}\n\n{found[2]}", text)


def part(text: str, name: str) -> str:
    """What stands between two markers."""
    (content,) = re.findall(rf"<!-- {name}:[^\n]*-->\n\n(.*?)\n\n<!-- /{name} -->", text, re.DOTALL)
    return str(content)


def played(worlds: int, base: int, scenarios: Sequence[str], players: Sequence[str]) -> dict[str, str]:
    """Today's parts of the README that worlds are played for; `base` is the sample of the Sobol indices."""
    with tempfile.TemporaryDirectory() as folder:
        results = cs.run("baseline", worlds=worlds, seed=1, out=Path(folder) / "run")
        now = cs.run("today", worlds=worlds, seed=1)
        answers = answer(results, base, scenarios, players)
        contents = opening(now, results), answers, today(now), baseline(results), level(results)
    return dict(zip(PARTS, contents, strict=True))


def few() -> str:
    """The parts that worlds are played for, from few worlds, scenarios and players."""
    return "\n".join(played(40, 16, scenarios()[:2], PLAYERS[1:2]).values())


def others() -> dict[str, str]:
    """Today's other parts of the README."""
    return {"trust": trust(), "scorecard": scorecard(), "known": known(), "costs": costs()}


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    contents = played(1000, BASE, scenarios(), PLAYERS)
    for name, content in {**contents, **others()}.items():
        text = put(text, name, content)
    README.write_text(text, encoding="utf-8")
    stamp("readme", "\n".join(contents.values()), few())
    COLUMNS.write_text(columns(), encoding="utf-8")
