"""One year of one world: `python docs/year.py` writes `worked_year.md` and the diagram in `odd.md`."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import computeshift as cs  # noqa: E402
from computeshift.agents import KINDS  # noqa: E402
from computeshift.agents.kinds import variables  # noqa: E402
from computeshift.environment.decisions import Decision, limit_meaning, meaning  # noqa: E402
from computeshift.environment.ledger import FLOWS, WORTH  # noqa: E402
from computeshift.environment.market import VARIABLES, ComputeMarket  # noqa: E402
from computeshift.experiments.config.names import capitalised, named  # noqa: E402
from computeshift.experiments.run.design import design, setup  # noqa: E402
from computeshift.experiments.views.format import fixed, quantity  # noqa: E402
from docs.readme import put  # noqa: E402
from docs.stepping import Moment, watched  # noqa: E402

ODD, PAGE = ROOT / "docs" / "odd.md", ROOT / "docs" / "worked_year.md"
CONFIG, WORLDS = "six", 200
"""The config, and the worlds whose median world is shown."""
STAGES = {
    "news": ("open", "news"),
    "plan": ("plan",),
    "fund": ("lend", "fund"),
    "build": ("build",),
    "contract": ("contract",),
    "serve": ("serve",),
    "settle": ("reckon", "renegotiate", "pay", "learn", "look", "mark", "close", "log"),
}
"""The stages of the year, each with its phases in the ODD page's table."""
_LEAST = 0.05  # what is less is left out: it shows as 0.0
_ROW = re.compile(r"^\| (\w+) \| (`.*`) \| (.*) \|$", re.MULTILINE)


@dataclass
class Phase:
    """A phase of the ODD page's table, and what its calls did in the year."""

    name: str
    calls: list[str]
    meaning: str
    moments: list[Moment] = field(default_factory=list)


def phases(moments: list[Moment]) -> list[Phase]:
    """The table's phases with what they did. ValueError if the table is not what the market's step does."""
    section = ODD.read_text(encoding="utf-8").partition("## Process overview")[2].partition("\n# ")[0]
    table = [
        Phase(name, re.findall(r"`([^`]+)`", calls), said) for name, calls, said in _ROW.findall(section)
    ]
    calls = [call for phase in table for call in phase.calls]
    if (made := [moment.call for moment in moments]) != calls:
        raise ValueError(f"odd.md lists the year's calls {calls}; the market makes {made}")
    if (staged := [name for stage in STAGES.values() for name in stage]) != [one.name for one in table]:
        raise ValueError(f"STAGES has the phases {staged}; odd.md has {[one.name for one in table]}")
    rest = iter(moments)
    for phase in table:
        phase.moments = [next(rest) for _ in phase.calls]
    return table


# --- the page ---


def page(year: list[Phase], world: int) -> str:
    """One year of one world, stage by stage."""
    config = cs.load(CONFIG)
    first = config.start + 1
    lines = [
        "# A worked year",
        "",
        "Written by `python docs/year.py` from the log of one world; `tests/e2e/test_year.py` compares it.",
        "",
        f"This is {first} in world {world} of `{CONFIG}` (seed {config.seed}), the first year after the "
        f"start: of {WORLDS} worlds the nearest to the medians of OpenAI's year. The stages are those of "
        f"[the model](odd.md#process-overview-and-scheduling). Amounts below {_LEAST} are left out. "
        f"`computeshift explain {CONFIG} --firm openai --year {first} --world {world}` tells one firm's year "
        "in this world.",
    ]
    for stage, names in STAGES.items():
        lines += ["", f"## {capitalised(stage)}"]
        for phase in (one for one in year if one.name in names):
            head = [] if len(names) == 1 else ["", f"### {capitalised(phase.name)}"]
            lines += [*head, "", f"{capitalised(phase.meaning)}.", *_tables(phase, year)]
    return "\n".join([*lines, *_end(year)]) + "\n"


def _tables(phase: Phase, year: list[Phase]) -> Iterator[str]:
    decisions = [one for moment in phase.moments for one in moment.decisions]
    flows = [one for moment in phase.moments for one in moment.flows]
    quiet = not decisions and all(flow.unit == WORTH for flow in flows)
    yield from _settled(phase, year, firms=quiet)
    rows = [row for decision in decisions if (row := _decided(decision))]
    yield from _table("| firm | decision | wanted | got | what decided |", rows)
    kinds = dict.fromkeys(flow.kind for flow in flows)
    rows = [row for kind in kinds if (row := _flowed(kind, phase))]
    yield from _table("| flow | unit | from and to |", rows)


def _table(head: str, rows: list[str]) -> Iterator[str]:
    """A table; nothing if it has no rows."""
    if rows:
        yield from ("", head, "|---" * (head.count("|") - 1) + "|", *rows)


def _settled(phase: Phase, year: list[Phase], firms: bool) -> Iterator[str]:
    """The numbers that this phase changed last: the market's, and where `firms` those of firms."""
    later = [moment for other in year[year.index(phase) + 1 :] for moment in other.moments]
    before, after = phase.moments[0].before, phase.moments[-1].after
    rows = []
    for (owner, name), value in after.items():
        changed = before.get((owner, name)) != value
        if not changed or (owner != "market" and not firms):
            continue
        if any(one.before.get((owner, name)) != one.after.get((owner, name)) for one in later):
            continue
        unit, said = (VARIABLES if owner == "market" else variables())[name]
        was = before.get((owner, name), 0.0)
        old, new = quantity(was, unit) if was else "", quantity(value, unit)
        if old != new and any(figure in "123456789" for figure in new):
            rows.append(f"| {capitalised(named(owner))} | {said} | {old} | {new} |")
    yield from _table("| whose | what | before | now |", rows)


def _decided(decision: Decision) -> str:
    """A decision's row; nothing if nothing was wanted."""
    (wanted, *_), least = decision.limits.values(), min(float(one[0]) for one in decision.limits.values())
    (limit,) = [name for name, bound in decision.bound().items() if bound[0]]
    if abs(float(wanted[0])) < _LEAST:
        return ""
    numbers = " | ".join(quantity(value, decision.unit) for value in (float(wanted[0]), least))
    words = named(meaning(decision.name)), limit_meaning(limit)
    return f"| {capitalised(named(decision.firm))} | {words[0]} | {numbers} | {words[1]} |"


def _flowed(kind: str, phase: Phase) -> str:
    """A row with everybody between whom a kind of flow went; nothing if all were small."""
    amounts: dict[tuple[str, str], float] = {}
    for flow in (flow for moment in phase.moments for flow in moment.flows if flow.kind == kind):
        tie = flow.source, flow.target
        amounts[tie] = amounts.get(tie, 0.0) + float(flow.amount[0])
    ranked = sorted(amounts.items(), key=lambda one: -one[1])
    parties = [
        f"{named(source)} → {named(target)} {fixed(amount, 1)}"
        for (source, target), amount in ranked
        if amount >= _LEAST
    ]
    unit, said = FLOWS[kind]
    return f"| {said} | {unit} | {'; '.join(parties)} |" if parties else ""


def _end(year: list[Phase]) -> list[str]:
    """What each firm has at the year's end."""
    names = ("revenue", "cash", "debt", "valuation", "gw", "used_gw")
    end = year[-1].moments[-1].after
    firms = dict.fromkeys(owner for owner, _ in end if owner != "market")
    units = [f"{variables()[name][1]}, {variables()[name][0]}" for name in names]
    rows = []
    for firm in firms:
        cells = [fixed(end[firm, name], 1) if (firm, name) in end else "" for name in names]
        rows.append(f"| {capitalised(named(firm))} | {' | '.join(cells)} |")
    return ["", "## At the end of the year", *_table(f"| firm | {' | '.join(units)} |", rows)]


# --- the diagram ---


def diagram(year: list[Phase]) -> str:
    """The year as a Mermaid diagram: each stage with what is decided and what flows in it."""
    lines = ["```mermaid", "flowchart TD"]
    for stage, names in STAGES.items():
        own = [moment for phase in year if phase.name in names for moment in phase.moments]
        decided = dict.fromkeys(one.name.partition("_TARGET")[0] for m in own for one in m.decisions)
        flows = dict.fromkeys(flow.kind for moment in own for flow in moment.flows)
        steps = "" if len(names) == 1 else f"<br/>{', '.join(names)}"
        label = f"<b>{stage}</b>{steps}{_kinds('decisions', decided)}{_kinds('flows', flows)}"
        lines.append(f'  {stage}["{label}"]')
    lines += [f"  {one} --> {other}" for one, other in itertools.pairwise(STAGES)]
    return "\n".join([*lines, '  settle -. "next year" .-> news', "```"])


def _kinds(head: str, names: dict[str, None]) -> str:
    tickets = ["tickets"] if any(name.startswith("ticket_") for name in names) else []
    words = [name.replace("_", " ") for name in names if not name.startswith("ticket_")]
    return f"<br/>{head}: {', '.join(words + tickets)}" if names else ""


def current() -> dict[Path, str]:
    """The page, and the ODD page with the diagram, as they should stand."""
    config = cs.load(CONFIG)
    world = cs.explain(config, "openai", config.start + 1, worlds=WORLDS).world
    market = ComputeMarket(setup(config, design(config, 1, first_world=world)), KINDS)
    year = phases(watched(market))
    odd = put(ODD.read_text(encoding="utf-8"), "year", diagram(year))
    return {PAGE: page(year, world), ODD: odd}


if __name__ == "__main__":
    for file, text in current().items():
        file.write_text(text, encoding="utf-8")
