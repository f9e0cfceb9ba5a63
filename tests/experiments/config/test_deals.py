"""Deals of a config: what is read, what is filled in, what is refused, and the ties that they lay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from computeshift.environment.bounds import Bounds
from computeshift.environment.deals import DEAL_KINDS, DealKind, Number
from computeshift.experiments.config.load import Config, apply, load
from computeshift.experiments.config.overlay import DEAL_WORDS
from computeshift.experiments.config.schema import DealSpec
from computeshift.experiments.errors import UserError
from computeshift.experiments.run.block import without
from computeshift.experiments.run.design import design, setup

Write = Callable[..., Path]
ROUND = "kind: equity, from: softbank, to: openai, signed: 2025, first: 2025, last: 2027"
NUMBERS = "amount: 40, pre_money: {low: 200, central: 260, high: 300, assumed: because}"
SITE = "kind: capacity, from: stargate, to: openai, signed: 2026, first: +3, last: 2032, gw: 2, price: 12"
PROMISE = "kind: promise, from: softbank, to: openai, signed: 2025, first: 2025, last: 2027"


@pytest.fixture(autouse=True)
def promise(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of deal that no line of the code below names: what is read follows the table of kinds."""
    part = Number("share", Bounds(0, 1), "the part that it guarantees", 0.5)
    numbers = {"part": part, "cut.share": Number("share", Bounds(0, 1), "given up", 0.0)}
    kind = DealKind("the source pays if the target does not", "equity", numbers, backs=("equity",))
    monkeypatch.setitem(DEAL_KINDS, "promise", kind)


def deals(**written: str) -> str:
    lines = (f"  {name}: {{{deal}}}\n" for name, deal in written.items())
    return f"extends: toy.yaml\ndeals:\n{''.join(lines)}"


def mistakes(config: str | Path | Config, **set: object) -> list[str]:
    with pytest.raises(UserError) as told:
        load(config, set)
    return [str(problem) for problem in told.value.problems]


def test_the_keys_of_a_deal_are_those_that_overlays_know() -> None:
    written = [field.alias or name for name, field in DealSpec.model_fields.items()]
    assert tuple(written) == DEAL_WORDS


def test_a_deal_is_read_and_its_usual_numbers_filled_in(write: Write) -> None:
    events = "breaks: {year: 2027, by: openai}, cut: {year: 2026, share: 0.3}, conditions: converted"
    config = load(write(deals(round=f"{ROUND}, {NUMBERS}, {events}", site=SITE)))
    deal = config.deals["round"]
    assert deal.settings() == {
        **{"kind": "equity", "from": "softbank", "to": "openai", "site": None, "of": None},
        **{"signed": 2025, "first": 2025, "last": 2027, "conditions": "converted"},
        **{"breaks.year": 2027, "breaks.by": "openai", "cut.year": 2026, "delay.year": None},
    }
    assert config.deals["site"].first == 2027
    own = [name for name, number in DEAL_KINDS["equity"].numbers.items() if not number.condition]
    assert list(deal.parameters) == own
    numbers = config.parameters()
    assert numbers["deals.round.amount"].unit == "$ bn"
    assert numbers["deals.round.amount"].ground == "set by mine"
    assert numbers["deals.round.pre_money"].drawn == (200, 260, 300, "triangular")
    assert numbers["deals.round.cut.share"].central == 0.3
    assert (
        numbers["deals.round.upfront"].ground
        == "because no other is given: the part that is paid when it is signed"
    )
    for kind, known in DEAL_KINDS.items():
        for deal in (deal for deal in config.deals.values() if deal.kind == kind):
            assert {name: (p.unit, p.bounds) for name, p in deal.parameters.items()} == {
                name: (number.unit, number.bounds)
                for name, number in known.numbers.items()
                if not (number.condition or number.optional)
            }


def test_a_deal_comes_through_json_and_settings_as_it_was(write: Write) -> None:
    write(deals(round=f"{ROUND}, {NUMBERS}, cut: {{year: 2026, share: 0.3}}", site=SITE))
    config = load("mine.yaml")
    assert Config.model_validate(config.to_json()) == config
    assert apply(config, {"seed": 4}).deals == config.deals
    longer, larger = (apply(config, {f"deals.round.{key}": 2028}) for key in ("last", "amount"))
    assert len({each.hash for each in (load("toy.yaml"), config, longer, larger)}) == 4
    assert config.structure() == larger.structure() != longer.structure()  # a market of its own
    values = {"deals.round.amount": 30, "deals.round.breaks.year": "+3", "deals.round.breaks.by": "softbank"}
    changed = load("mine.yaml", {**values, "deals.round.cut": None, "deals.site": None})
    assert changed == load(config, {**values, "deals.round.cut": "null", "deals.site": "null"})
    deal = changed.deals["round"]
    assert (deal.break_year, deal.break_by, deal.cut_year) == (2027, "softbank", None)
    assert (deal.parameters["amount"].central, deal.parameters["cut.share"].central) == (30, 0)
    assert [str(change) for change in changed.changes] == [
        "The deal round's amount: 30 $ bn (instead of 40 $ bn)",
        "The deal round's breaks year: 2027 (instead of none)",
        "The deal round's breaks by: softbank (instead of none)",
        "The deal site: none (instead of capacity from Stargate to OpenAI, signed in 2026, 2027 to 2032)",
    ]
    assert load(config, {"deals": None}).deals == {}
    again = {"deals.round.cut": None, "deals.round.cut.year": 2027, "deals.round.cut.share": 0.1}
    assert load("mine.yaml", again).deals["round"].cut_year == 2027


def test_the_year_of_a_listing_is_a_number_of_the_firm(write: Write) -> None:
    date = "listed: {low: 2026, central: 2028, high: 2031, assumed: because}"
    text = deals(round=f"{LONG}, conditions: [gw delivered, listed], gw: 4")
    config = load(write(f"{text}firms: {{openai: {{{date}}}}}\n"))
    assert config.deals["round"].conditions == ("gw delivered", "listed")
    assert config.parameters()["openai.listed"].unit == "year"
    assert set(config.parameters()) - set(
        load(config, {"deals": None, "openai.listed": None}).parameters()
    ) > {"openai.listed"}
    assert load(config, {"openai.listed": 2027}).firms["openai"].parameters["listed"].central == 2027
    for key, told in {
        "openai.listed": "openai.listed: 27 is below 2000; use 2000 to 2100",
        "softbank.listed": "softbank.listed: softbank sells no shares to others; leave it out",
    }.items():
        assert told in mistakes(config, **{key: 27})[0]


STEPS = SITE.replace("first: +3, ", "").replace("gw: 2", "schedule: {2027: 1, +6: 3}")


def test_a_schedule_says_when_a_deal_begins_and_with_how_much(write: Write) -> None:
    config = load(write(deals(site=STEPS)))
    deal = config.deals["site"]
    assert (deal.first, deal.parameters["schedule.2030"].unit) == (2027, "GW")
    assert {"gw", "ramp"}.isdisjoint(deal.parameters)
    given = setup(config, design(config))
    assert [*given.schedule_of(given.deals[0])] == [2027, 2030]
    assert Config.model_validate(config.to_json()) == config
    assert apply(config, {"seed": 4}).deals == config.deals
    more = {"deals.site.schedule.2027": None, "deals.site.schedule.2028": 2, "deals.site.first": None}
    for changed in (load("mine.yaml", more), load(config, more)):
        assert [str(change) for change in changed.changes][:2] == [
            "The deal site's schedule 2027: none (instead of 1 GW)",
            "The deal site's schedule 2028: 2 GW (instead of none)",
        ]
        assert changed.deals["site"].first == 2028
    plain = {"deals.site.schedule": None, "deals.site.gw": 3, "deals.site.first": 2028}
    assert load("mine.yaml", plain).deals["site"].parameters["gw"].central == 3


def test_an_overlay_changes_and_takes_out_deals(write: Write) -> None:
    backed = f"{PROMISE}, of: round"
    write(deals(round=f"{ROUND}, {NUMBERS}", site=SITE, backing=backed), "all.yaml")
    size = "{low: 1, central: 2, high: 4, assumed: because}"
    config = load(write(f"extends: all.yaml\ndeals: {{round: null, site: {{gw: {size}}}}}\n"))
    assert list(config.deals) == ["site"]  # what backs the round goes with it
    assert config.deals["site"].parameters["gw"].drawn == (1, 2, 4, "triangular")
    note = "deals.site.gw: 9 is outside 1 to 4, the range its author gave; it is used all the same"
    set_ = load("mine.yaml", {"deals.site.gw": 9})
    assert set_.notes() == apply(set_, {"seed": 4}).notes() == [note]
    assert load(config, {"deals.site.gw": 9}).notes() == [note]
    assert list(load(write("extends: all.yaml\nfirms: {softbank: null}\n")).deals) == ["site"]


LONG = f"{ROUND}, {NUMBERS}"
HALLS = "kind: lease, from: landlords, to: stargate, signed: 2025, first: 2026, last: 2030, gw: 1, price: 2"
BAD = {
    HALLS.replace("landlords", "softbank"): "deals.x.from: softbank is no landlord; use landlords, or a firm",
    HALLS.replace("landlords", "lenders"): "deals.x.from: lenders is no firm; name a firm",
    HALLS.replace("stargate", "softbank"): "softbank owns no capacity; name a cloud, a lab with sites",
    HALLS.replace("stargate", "customers"): "deals.x.to: customers is no firm",
    f"{HALLS}, take_or_pay: 1": "a deal of the kind 'lease' has no number 'take_or_pay'; use one of",
    LONG.replace("from: softbank", "from: landlords"): "deals.x.from: landlords has no 'equity' to give",
    f"{LONG}, knid: loan": "unknown key; did you mean 'kind'?",
    LONG.replace("equity", "equty"): "kind: unknown kind of deal 'equty'; did you mean 'equity'?",
    LONG.replace("kind: equity, ", ""): "it has no kind; use one of capacity, ",
    f"{LONG}, amont: 3": "has no number 'amont'; did you mean 'amount'?",
    f"{LONG}, singed: 2025": "has no number 'singed'; did you mean 'signed'?",
    f"{LONG}, price: 3": "a deal of the kind 'equity' has no number 'price'; use one of amount",
    f"{LONG}, gw: 3": "deals.x.gw: gw counts only on the condition 'gw delivered'; add that",
    f"{LONG}, conditions: gw delivered": "without gw, GW delivered at which all",
    f"{LONG}, conditions: [converted, listed]": "nothing says when openai is listed; give that firm listed",
    f"{LONG.replace('to: openai', 'to: stargate')}, conditions: listed": "no firm that is ever listed",
    ROUND: "without amount, equity committed; give it a number, in $ bn",
    LONG.replace("signed: 2025, ", ""): "deals.x: without signed; give each a value",
    LONG.replace("amount: 40", "amount: {unit: GW, low: 1, central: 2, high: 3, assumed: because}"): (
        "deals.x.amount.unit: it is measured in '$ bn'; write unit: $ bn"
    ),
    LONG.replace("amount: 40", "amount: -1"): "deals.x.amount: -1 is below 0; use 0 to 10000",
    LONG.replace("amount: 40", "amount: forty"): "'forty' is not what belongs here; write a number, or {",
    LONG.replace("amount: 40", "amount: {low: 1, central: 2, high: 3}"): "it rests on nothing; give",
    LONG.replace("from: softbank", "from: sofbank"): "there is no firm 'sofbank'; did you mean 'softbank'?",
    LONG.replace("from: softbank", "from: openai"): "openai can't deal with itself; name another firm",
    LONG.replace("equity", "capacity"): "deals.x.from: softbank has no 'capacity' to give",
    LONG.replace("to: openai", "to: lenders"): "deals.x.to: lenders takes no 'equity'",
    f"{LONG}, site: stargate": "deals.x.site: a deal of the kind 'equity' has no site; leave it out",
    f"{SITE}, site: softbank": "deals.x.site: softbank has no 'capacity' to give",
    f"{SITE}, site: opnai": "deals.x.site: there is no firm 'opnai'; did you mean 'openai'?",
    f"{LONG}, of: other": "deals.x.of: a deal of the kind 'equity' backs no other; leave it out",
    f"{PROMISE}, delay: {{year: 2026, years: 1}}": "can be changed by a delay; leave it out",
    f"{PROMISE}, delay: {{year: 2026}}": "can be changed by a delay; leave it out",
    f"{PROMISE}, of: x": "there is no other deal 'x'",
    f"{LONG}, conditions: [convrted]": "has no condition 'convrted'; did you mean 'converted'?",
    f"{SITE}, conditions: [converted]": "'capacity' has no condition 'converted'; leave it out",
    LONG.replace("first: 2025", "first: 2028"): "it ends in 2027, before its first year, 2028",
    LONG.replace("signed: 2025", "signed: 2026"): "something is due in 2025, before it is signed in 2026",
    LONG.replace("2025", "2023").replace("2027", "2024"): "it ends in 2024, not after the start, 2024",
    LONG.replace("last: 2027", "last: 27"): "deals.x.last: 27 is no year of a deal; use 2000 to 2065",
    LONG.replace("last: 2027", "last: soon"): "deals.x.last: 'soon' is not a whole number",
    f"{LONG}, breaks: 2027": "2027 is not what belongs here; write {year: YEAR, by: FIRM}",
    f"{LONG}, breaks: {{year: 2027}}": "without by, the party that breaks it; add by: softbank or openai",
    f"{LONG}, breaks: {{by: openai}}": "without year, the year in which it is broken; add year: YEAR",
    f"{LONG}, breaks: {{yaer: 2027, by: openai}}": "deals.x.breaks.yaer: unknown key; did you mean 'year'?",
    f"{LONG}, breaks: {{year: 2027, by: stargate}}": "stargate is no party of it; use softbank or openai",
    f"{LONG}, breaks: {{year: 2028, by: openai}}": "it is not in force in 2028; use 2026 to 2027",
    f"{LONG}, breaks: {{year: 2025, by: openai}}": "it is not in force in 2025; use 2026 to 2027",
    f"{LONG}, cut: 0.3": "0.3 is not what belongs here; write {year: YEAR, share: NUMBER}",
    f"{LONG}, cut: {{share: 0.3}}": "without year, the year in which it happens; add year: YEAR",
    f"{LONG}, cut: {{year: 2026}}": "without share, the share of it that is given up in the year of its cut",
    f"{LONG}, cut: {{year: 2026, shrae: 0.3}}": "has no number 'cut.shrae'; did you mean 'cut.share'?",
    f"{LONG}, cut: {{year: 2026, share: 2}}": "deals.x.cut.share: 2 is above 1; it is a share",
    f"{LONG}, delay: {{year: 2030, years: 1}}": "deals.x.delay.year: it is not in force in 2030",
    f"{LONG}, delay: {{year: 2027, years: 1}}, breaks: {{year: 2027, by: openai}}": "use 2025 to 2026",
    f"{STEPS}, gw: 2": "deals.x.gw: it has a schedule, which says its gw by year; leave one of them out",
    f"{STEPS}, first: 2028": "deals.x.first: its schedule begins in 2027, not in 2028; leave it out",
    STEPS.replace("2027", "soon"): "deals.x.schedule.soon: 'soon' is no year of a deal; use 2000 to 2065",
    STEPS.replace("2027", "2033"): "it ends in 2032, and its schedule goes on in 2033; let it last to 2033",
    STEPS.replace("2027", "2025"): "something is due in 2025, before it is signed in 2026",
    STEPS.replace("2027: 1", "2027: 1001"): "deals.x.schedule.2027: 1001 is above 1000; use 0 to 1000",
    STEPS.replace("2027: 1", "2027: {low: 1}"): "low, central and high belong together",
    STEPS.replace("{2027: 1, +6: 3}", "3"): "3 is not what belongs here; write {YEAR: GW, YEAR: GW}",
    SITE.replace("gw: 2", "gw: {2027: 1}"): "deals.x.gw.2027: this is no schedule; write {YEAR: GW, YEA",
    f"{LONG}, schedule: {{2025: 1}}": "a deal of the kind 'equity' has no schedule; leave it out",
    f"{LONG}, cut.share: 0.3": "this is how a setting has it; write cut: {share: ...}",
}  # fmt: skip


@pytest.mark.parametrize("deal", BAD)
def test_a_mistake_is_named_where_it_stands(write: Write, deal: str) -> None:
    told = mistakes(write(deals(x=deal)))
    found = [each for each in told if BAD[deal] in each]
    assert found, told
    assert found[0].startswith("mine.yaml:3: ")


def test_all_mistakes_are_told_at_once(write: Write) -> None:
    names = {"x.y": LONG, "round": f"{LONG}, breaks: {{year: 2030, by: mgx}}, amont: 3"}
    told = mistakes(
        write(deals(**names)), **{"deals.rond.amount": 3, "deals.round": 3, "deals.round.breaks": 3}
    )
    assert [each.split("; ")[0] for each in told] == [
        "mine.yaml:3: deals.x.y: 'x.y' can't be the name of a deal",
        "mine.yaml:4: deals.round.amont: a deal of the kind 'equity' has no number 'amont'",
        "`set` deals.rond.amount: there is no deal 'rond'",
        "`set` deals.round: a deal is written in a file",
        "`set` deals.round.breaks: 3 is not what belongs here",
    ]
    assert "`set` deals.a: there is no 'a' to take out" in mistakes("toy.yaml", **{"deals.a": None})[0]


SETTINGS = {
    "signed=2026": "`set` deals.x.signed: something is due in 2025, before it is signed in 2026",
    "first=2028": "`set` deals.x.first: it ends in 2027, before its first year, 2028; let it last to 2028",
    "breaks.year=2027": "`set` deals.x.breaks.year: without by, the party that breaks it",
    "delay.years=1": "`set` deals.x.delay.years: without year, the year in which it happens",
    "last=2025": "`set` deals.x.last: it is not in force in 2026, the year of its cut; leave it out",
    "conditions=gw delivered": "`set` deals.x.conditions: without gw, GW delivered at which",
    "kind=capacity": "`set` deals.x.kind: a deal of the kind 'capacity' has no number 'amount'",
    "amount=null": "`set` deals.x.amount: without amount, equity committed",
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_mistake_of_a_setting_is_told_as_one(write: Write, setting: str) -> None:
    key, _, value = setting.partition("=")
    config = write(deals(x=f"{LONG}, cut: {{year: 2026, share: 0.1}}"))
    told = mistakes(config, **{f"deals.x.{key}": value})
    assert [each for each in told if each.startswith(SETTINGS[setting])], told


def test_a_deal_lays_the_tie_that_it_needs(write: Write) -> None:
    tie = ("stargate", "openai", "capacity")
    config = load(write(deals(site=SITE, round=LONG)))
    assert (*tie, 2026) in config.ties()
    assert config.edges == load("toy.yaml").edges
    later = load(write(f"{deals(site=SITE)}edges: [[stargate, openai, capacity, 2028]]\n"))
    assert (*tie, 2026) in later.ties()
    open_ = load(write(f"{deals(site=SITE)}edges: [[stargate, openai, capacity]]\n"))
    assert tie in open_.ties()


def test_a_tie_lasts_as_long_as_its_deals(write: Write) -> None:
    dated = "edges: [[softbank, openai, equity, null, 2026]]\n"
    assert load(write(f"extends: toy.yaml\n{dated}")).edges[0] == ("softbank", "openai", "equity", None, 2026)
    told = mistakes(write(f"{deals(round=LONG)}{dated}"))
    assert "it ends in 2027, and the tie softbank openai equity in 2026; let the tie last" in told[0]
    load(write(f"{deals(round=f'{LONG}, breaks: {{year: 2026, by: openai}}')}{dated}"))
    early = "edges: [[softbank, openai, equity, 2027, 2026]]\n"
    assert (
        "it ends in 2026, before anybody can deal over it; use 2027"
        in mistakes(write(f"extends: toy.yaml\n{early}"))[0]
    )


def test_a_market_without_a_firm_is_without_its_deals(write: Write) -> None:
    other = PROMISE.replace("from: softbank", "from: investors")
    config = load(write(deals(round=LONG, site=SITE, backing=f"{other}, of: round")))
    given = setup(config, design(config))
    assert [deal.name for deal in given.deals] == ["round", "site", "backing"]
    assert given.parameters["deals.round.amount"].tolist() == [40] * 5
    assert [deal.name for deal in without(given, "softbank").deals] == ["site"]
