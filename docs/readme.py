"""The generated parts of the README and `columns.md`: `python docs/readme.py` writes them."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import computeshift as cs  # noqa: E402
from computeshift.agents.kinds import variables  # noqa: E402
from computeshift.environment import decisions, market  # noqa: E402
from computeshift.experiments.config.facts import first_published  # noqa: E402
from computeshift.experiments.questions.evidence.measures import shipped  # noqa: E402
from computeshift.experiments.results.claims import claims  # noqa: E402
from computeshift.experiments.views.text.trust import overall  # noqa: E402
from computeshift.experiments.views.text.trust import table as table_of_groups  # noqa: E402
from docs.answer import answer  # noqa: E402
from tests.behaviour.level import table  # noqa: E402

README = ROOT / "README.md"
COLUMNS = ROOT / "docs" / "columns.md"


def baseline(results: cs.Results) -> str:
    """Shares of OpenAI's compute and the claims, as Markdown."""
    shares = results.shares()
    years = (2025, 2027, 2030)
    lines = ["| share of OpenAI's compute | " + " | ".join(map(str, years)) + " |", "|---|---|---|---|"]
    for supplier in ("microsoft", "stargate", "other_cloud", "oracle"):
        rows = shares[shares["supplier"] == supplier].set_index("year")
        cells = [f"{rows.p50[y]:.0%} ({rows.p10[y]:.0%} to {rows.p90[y]:.0%})" for y in years]
        lines.append(f"| {supplier.replace('_', ' ')} | " + " | ".join(cells) + " |")
    lines += ["", "| claim of the sources | holds in | 95% interval |", "|---|---|---|"]
    sentences = {name: claim.sentence for name, claim in claims().items()}
    for row in results.claims().itertuples():
        lines.append(
            f"| {sentences[str(row.name)]} | {row.probability:.1%} | {row.low:.1%} to {row.high:.1%} |"
        )
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


def trusted() -> str:
    """How far to trust the model, by the scorecard that comes with it: a sentence, and a table by group."""
    measures = shipped()
    heads, *rows = table_of_groups(measures)
    lines = [f"{overall(measures)} Fitted on the facts before, by what the facts are about:", ""]
    lines += [f"| {' | '.join(row)} |" for row in (heads, ["---"] * len(heads), *rows)]
    return "\n".join(lines)


def columns() -> str:
    """The columns of the results' tables, with unit and meaning, as Markdown."""
    lines = [
        "# Columns",
        "",
        "Written by `python docs/readme.py` from the model's own descriptions of its log.",
        "",
    ]
    lines += [
        "A table is a folder of Parquet files, one per block of worlds; `--keep` says which tables there are."
    ]
    lines += [
        "`flows`: `world, year, source, target, kind, amount, unit`. `design`: `world` and one column per"
    ]
    lines += [
        "uncertain parameter (`computeshift show` gives units), then `factor.NAME` for every factor and"
    ]
    lines += [
        "`residual.PARAMETER` for every parameter that loads on one. `outcomes`, which folders without flows"
    ]
    lines += ["have: `world, year`, one column per named outcome (`computeshift list`), `FIRM.VARIABLE`,"]
    lines += ["and `KIND FROM TO` for each flow of capacity (GW) and of equity ($ bn). In names of outcomes"]
    lines += ["and in `openai.VARIABLE`, `openai` is the lab that outcomes are about, whatever it is called"]
    lines += ["in the config: its `focus`, or else the firm of that name or of that kind."]
    for name, logged in (("agents", variables()), ("market", market.VARIABLES)):
        key = "world, year, agent" if name == "agents" else "world, year"
        lines += ["", f"## {name}", "", f"Keys: `{key}`.", "", "| column | unit | meaning |"]
        lines += ["|---|---|---|"]
        lines += [f"| `{column}` | {unit} | {doc} |" for column, (unit, doc) in logged.items()]
    lines += ["", "## decisions", "", "Keys: `world, year, firm, decision, limit`. `amount` is"]
    lines += ["what the limit allowed, in `unit`. `bound` is true for the limit that decided: the first one"]
    lines += ["within a kilowatt or a thousand dollars of the smallest; what the firm wanted comes first."]
    lines += ["", "| decision | unit | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {unit} | {doc} |" for name, (unit, doc) in decisions.DECISIONS.items()]
    lines += ["", "| limit | meaning |", "|---|---|"]
    lines += [f"| `{name}` | {doc} |" for name, doc in decisions.LIMITS.items()]
    return "\n".join(lines) + "\n"


def put(text: str, name: str, content: str) -> str:
    """The text with what stands between two markers replaced."""
    pattern = re.compile(rf"(<!-- {name}:[^\n]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}\n{content}\n\n{found[2]}", text)


def current(results: cs.Results) -> str:
    """The README as it should stand."""
    text = README.read_text(encoding="utf-8")
    for name, content in (("answer", answer), ("baseline", baseline), ("level", level)):
        text = put(text, name, content(results))
    text = put(text, "scorecard", trusted())
    return put(text, "known", known())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        run = cs.run("baseline", worlds=1000, seed=1, out=Path(folder) / "run")
        README.write_text(current(run), encoding="utf-8")
    COLUMNS.write_text(columns(), encoding="utf-8")
