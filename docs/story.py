"""The story as a notebook, from today's program: `python docs/story.py` writes and runs `story.ipynb`."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from docs.stamps import stamp  # noqa: E402

NOTEBOOK = ROOT / "docs" / "story.ipynb"
_CODE = re.compile(r"```python\n(.*?)\n```\n", re.DOTALL)
FEW = {
    'sensitivity("baseline", "stargate_share", rows=256': 'sensitivity("six", "stargate_share", rows=16',
    '["openai", "microsoft", "softbank", "oracle", "mgx", "deepseek"]': '["oracle", "mgx"]',
    "strategies(firm, worlds=1000": "strategies(firm, worlds=60",
    'game(["openai", "microsoft"], worlds=1000': 'game(["oracle", "mgx"], worlds=60',
    "worlds=20_000": "worlds=1_000",
}
"""What cells that take long have instead, to be played with few worlds and firms."""
_TEXTS = ("text/plain", "text/markdown")
_SECONDS = 600  # that a cell may take, on a busy machine too

STORY = r"""
# Does the shift happen?

In early 2025 OpenAI planned to move its compute from Microsoft's Azure to Stargate, the venture of SoftBank,
OpenAI, Oracle and MGX. Does the shift happen, who pays, what breaks it, and which strategy should each have
chosen? This notebook asks computeshift, from the first run to the last doubt. No result below was typed:
a cell computes each.

```python
import os
import tempfile
import warnings

folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)  # what the runs write goes when the kernel stops
warnings.filterwarnings("ignore", message="IProgress not found")  # of a progress bar that nothing here shows
```

```python
import pandas as pd
from IPython.display import Image, Markdown

import computeshift as cs
from computeshift import plots


def say(text):
    # Markdown, in which a dollar is no formula
    return Markdown(text.replace("$", r"\$"))


def shown(low, middle, high):
    return f"{middle:.0%} ({low:.0%} to {high:.0%})"
```

## Many worlds

Nobody knows the parameters, so the model simulates many worlds; one step is one year. Each world
draws what is uncertain, such as how demand responds to prices, how far SoftBank may borrow, or which shocks
occur, from ranges that could be known in March 2025. Firms then trade with each other according to their
strategies. The same seed gives the same worlds.

```python
base = cs.run("baseline", worlds=1000, seed=1, out="base")
say(f"> {base.config.asks}\n\n{base.worlds:,} worlds, {base.years[0]} to {base.years[-1]}.")
```

The summary of a run: medians, with P10 to P90 in brackets, and how often the claims of the sources hold.

```python
base
```

## Does the shift happen?

The shares of OpenAI's compute by supplier, year by year. The shade is P10 to P90. A click in the legend
switches a supplier off.

```python
plots.shares(base)
```

```python
shares = base.shares().set_index(["supplier", "year"])
claims = base.claims().set_index("name")
plan, reliance = claims.loc["stargate_majority"], claims.loc["no_reliance"]
last = base.years[-1]
say(
    f"In {last} Stargate supplies {shown(*shares.loc[('stargate', last)])} of OpenAI's compute, Microsoft "
    f"{shown(*shares.loc[('microsoft', last)])}. The plan was: *{plan.sentence}* It holds in "
    f"{plan.probability:.0%} of worlds (95%: {plan.low:.1%} to {plan.high:.1%}). "
    f"*{reliance.sentence}* That holds in {reliance.probability:.0%}."
)
```

The network behind it, in the middle of the build-out: blue is compute, orange is money, from firms that have
money or chips on the left to firms that use them on the right.

```python
plots.network(base, 2027)
```

And how often each claim holds. The line is a 95% interval: it says how exactly this model's worlds were
counted, not how good the model is.

```python
plots.claims(base)
```

## Who pays?

Equity into OpenAI and Stargate over all years, \$ bn: of each investor the sum over the years, P10,
median and P90 over the worlds.

```python
ties = [(s, t) for s, t, kind in base.ties() if kind == "equity" and t in ("openai", "stargate")]
sums = {tie: base.flow("equity", *tie).sum(axis=1) for tie in ties}
paid = pd.DataFrame({tie: total.quantile([0.1, 0.5, 0.9]) for tie, total in sums.items()}).T
paid.columns, paid.index.names = ["P10", "median", "P90"], ["investor", "into"]
paid.sort_index(level="into", sort_remaining=False).round(1)
```

A year of money, from those that have it to what it is spent on. What goes back, such as a lab's payment
to its own investor, leaves on the right and comes in again on the left.

```python
plots.money_flows(base, 2027)
```

SoftBank is the one that borrows to invest. Its policy limits its loan to value; when its holdings fall,
the ratio rises by itself.

```python
Image(plots.loan_to_value(base).write("loans.png"))
```

```python
breach, most = claims.loc["softbank_unwinds"], claims.loc["softbank_stargate"]
largest = sums["softbank", "openai"].median()
say(
    f"SoftBank pays OpenAI ${largest:,.0f} bn in the median world. *{most.sentence}* That holds in "
    f"{most.probability:.0%} of worlds. *{breach.sentence}* That holds in {breach.probability:.0%}."
)
```

## What decides it?

Which of the uncertain parameters does Stargate's share depend on? Sobol's total index is the part of the
variance that would remain if all but this one were known. Random draws are what no knowledge of the
parameters could remove.

```python
drivers = cs.sensitivity("baseline", "stargate_share", rows=256, seed=1)
Image(drivers.plot("drivers.png"))
```

```python
columns = {"ST": "total index", "ST_conf": "±", "low_fifth": "share, low", "high_fifth": "share, high"}
drivers.factors[list(columns)].head(6).rename(columns=columns).astype(float).round(2)
```

And which limit holds back the building? Every decision logs what the firm wanted, what it got and what
limited it. Here is Stargate's year in the world that is nearest to the median, then the count over all
worlds.

```python
why = cs.explain(base, "stargate", 2027)
say("\n".join(f"- {one.text}" for one in why.story if one.part == "decided") + f"\n\n{why.finding()}")
```

```python
Image(why.plot("why.png"))
```

## What breaks it?

Two scenarios, each in the worlds of the baseline, with the same random draws: only the scenario differs.
Differences are means over pairs of worlds.

```python
broken = cs.compare([base, "softbank_crunch", "gatekeeper"])
questions = "\n".join(f"- `{name}`: {cs.load(name).asks}" for name in broken.others)
findings = "\n\n".join(broken.finding(name) for name in broken.others)
say(f"{questions}\n\n{findings}")
```

```python
outcomes = ["stargate_share", "azure_share", "openai_compute", "stargate_capacity", "softbank_in_openai"]
rows = broken.outcomes[broken.outcomes["outcome"].isin(outcomes)]
rows[["config", "outcome", "unit", "first_median", "difference", "low", "high"]].round(3)
```

```python
Image(broken.plot("broken.png"))
```

A fork asks later: the same worlds up to the end of 2027, and only then does SoftBank leave.

```python
exits = cs.run("baseline", fork="base", at=2027, set={"softbank.strategy": "exit"}, out="exits")
left = cs.compare([base, exits])
say(left.finding("exits"))
```

Which flows grew, and which shrank:

```python
plots.network(exits, last, against=base)
```

```python
moved = left.claims[(left.claims["low"] > 0) | (left.claims["high"] < 0)]
moved[["claim", "first_probability", "probability", "difference", "low", "high"]].round(3)
```

And which firms would OpenAI's default hit, on the network of that year?

```python
hits = pd.DataFrame(cs.risk(base).document()["impacts"])
hits = hits[(hits["of"] == "openai") & (hits["year"] == last)].nlargest(4, "p50")
say(
    f"If OpenAI defaulted in {last}, it would take, of their equity or means: "
    + ", ".join(f"{hit.on} {shown(hit.p10, hit.p50, hit.p90)}" for hit in hits.itertuples())
    + "."
)
```

## Which strategy should each have chosen?

Each firm's strategies in the same worlds, the other firms as they are. The payoff is what is left at the
end, in \$ bn of the end of 2024; the gain is over the strategy that the baseline plays, with its 95%
interval; distress is how often it gets into trouble.

```python
def advised(choice):
    best = choice.table.loc[choice.table["gain"].idxmax()]
    row = {"plays": choice.reference, "pays best": best.name}
    row |= best[["gain", "gain_low", "gain_high"]].round(1).to_dict()
    now = choice.table.loc[choice.reference]
    return row | {"distress": f"{best.distress:.0%}", "distress as it plays": f"{now.distress:.0%}"}


players = ["openai", "microsoft", "softbank", "oracle", "mgx", "deepseek"]
choices = {firm: cs.strategies(firm, worlds=1000, seed=1) for firm in players}
pd.DataFrame({firm: advised(choice) for firm, choice in choices.items()}).T
```

```python
say("\n".join(f"- {choice.finding}" for choice in choices.values()))
```

But the others respond. OpenAI and Microsoft against each other:

```python
duel = cs.game(["openai", "microsoft"], worlds=1000, seed=1)
Image(duel.plot("duel.png"))
```

```python
say(duel.finding)
```

## How far to trust it

The model starts at the end of 2024 and knows what could be known by March 2025, so 2025 can be compared
with it. A version of it starts at the end of 2022 and is fitted to the facts up to 2024. An honest model
would have nine of ten facts between P5 and P95, and as many below its medians as above.

```python
near = cs.backtest(base, fit_until=2024, score=2025)
far = cs.backtest("end_of_2022", fit_until=2024, score=2025, worlds=20_000, seed=1)
tests = {"from the end of 2024": near, "from the end of 2022": far}
pd.DataFrame(
    {
        name: {
            "facts": len(test.facts),
            "between P5 and P95": f"{test.coverage:.0%}",
            "median below the fact": f"{(test.facts['p50'] / test.facts['value'] < 1).mean():.0%}",
            "mean CRPS, logs": round(test.facts["crps"].mean(), 2),
        }
        for name, test in tests.items()
    }
).T
```

```python
Image(near.plot("near.png"))
```

```python
missed = near.facts[~near.facts["covered"]]
say(
    "Missed, from the end of 2024:\n\n"
    + "\n".join(
        f"- {fact.entity}, {fact.variable.replace('_', ' ')} {fact.when}: was {fact.value:,.3g} {fact.unit}, "
        f"P5 to P95 {fact.p5:,.3g} to {fact.p95:,.3g}"
        for fact in missed.itertuples()
    )
    + f"\n\n{len(near.later) or 'No'} parameters rest on what was known only after March 2025."
)
```

So: read the orders of magnitude, the order of the causes and the differences between paired worlds,
which share the model's errors. Do not read a probability as a forecast. It is the part of this model's
worlds in which a claim holds; the ranges behind it are judgements, each with its ground (`computeshift
show baseline`), and more worlds make the count exact, not the model right. What the model leaves out is
in [odd.md](odd.md); the questions, one by one, are in the [guide](guide.md).
"""


def contents(notebook: NotebookNode) -> str:
    """Of each cell its kind, its source, and what its outputs say, as JSON; pictures are left out."""
    told = [
        (
            cell.cell_type,
            cell.source,
            [
                {"kind": out.output_type}
                | {form: out.data[form] for form in _TEXTS if form in out.get("data", {})}
                for out in cell.get("outputs", [])
            ],
        )
        for cell in notebook.cells
    ]
    return json.dumps(told, indent=1)


def few() -> str:
    """The contents of the notebook, played with few worlds; ValueError if no cell is as `FEW` has it."""
    story = STORY
    for usual, smaller in FEW.items():
        if usual not in story:
            raise ValueError(f"no cell has {usual!r}")
        story = story.replace(usual, smaller)
    return contents(current(story))


def cells(story: str = STORY) -> list[NotebookNode]:
    """The story's cells, prose and code in turn, none run."""
    result: list[NotebookNode] = []
    for at, text in enumerate(_CODE.split(story)):
        if text.strip():
            new: Any = new_code_cell if at % 2 else new_markdown_cell
            result.append(new(text.strip("\n"), id=f"cell-{len(result) + 1}"))
    return result


def current(story: str = STORY) -> NotebookNode:
    """The notebook as it should stand, run by this interpreter; CellExecutionError if a cell fails."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook: NotebookNode = new_notebook(cells=cells(story), metadata=about)
    with tempfile.TemporaryDirectory() as profile:
        paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        env = {**os.environ, "PYTHONPATH": paths, "IPYTHONDIR": profile}
        client = NotebookClient(notebook, timeout=_SECONDS, kernel_name="python3", record_timing=False)
        client.execute(env=env)
    notebook.metadata = about  # without the version of Python that ran it
    return notebook


if __name__ == "__main__":
    written = current()
    nbformat.write(written, NOTEBOOK)
    stamp("story", contents(written), few())
