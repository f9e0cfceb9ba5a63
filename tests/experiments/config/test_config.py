"""Configs: what overlays mean, and that every mistake is named where it stands, all at once."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from computeshift.experiments.config import load as loading
from computeshift.experiments.config import source as reading
from computeshift.experiments.config.load import Config, apply, load
from computeshift.experiments.errors import UserError

Write = Callable[..., Path]


def mistakes(config: str | Path, **set: object) -> list[str]:
    """What is wrong with a config, a line each."""
    with pytest.raises(UserError) as told:
        load(config, set)
    return [str(problem) for problem in told.value.problems]


@pytest.mark.parametrize("name", reading.names())
def test_every_packaged_config_holds_and_asks_a_question(name: str) -> None:
    config = load(name)
    assert config.name == name
    assert config.asks.endswith(("?", "."))
    assert name == "six" or config.hash != load("six").hash


def test_a_packaged_config_is_resolved_once_and_again_when_a_file_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = load("no_mgx")
    assert load("no_mgx") is before
    monkeypatch.setattr(loading, "last_modified", lambda: (0,))
    after = load("no_mgx")
    assert after == before
    assert after is not before


def test_a_role_gives_defaults_and_a_firm_its_own_numbers(write: Write) -> None:
    config = load(write("extends: toy.yaml\nfirms: {fund: {kind: investor, budget: 7}}\n"))
    assert config.firms["softbank"].parameters["budget"].central == 2
    own = config.firms["fund"].parameters["budget"]
    assert (own.central, own.unit, own.shape, own.source) == (7, "$ bn", "fixed", "set by mine")
    assert (config.firms["openai"].strategy, config.firms["fund"].strategy) == ("shift", "default")


def test_a_market_without_trade_is_no_market(write: Write) -> None:
    with pytest.raises(UserError, match="nobody sells to customers; tie a lab"):
        load(write("extends: toy.yaml\ncut: [[openai, customers, services]]\n"))


USUAL = (("openai", "openai", "capacity"), ("openai", "customers", "services"))


def test_an_overlay_takes_out_a_firm_with_its_edges_and_cuts_and_adds(write: Write) -> None:
    gone = load(write("extends: toy.yaml\nfirms: {softbank: null}\n"))
    assert list(gone.firms) == ["openai"]
    assert gone.edges == USUAL
    tied = "extends: toy.yaml\ncut: [[softbank, openai, equity]]\nedges: [[investors, openai, equity]]\n"
    assert load(write(tied)).edges == (*USUAL, ("investors", "openai", "equity"))


def test_a_tie_may_have_a_first_year(write: Write) -> None:
    dated = load(write("extends: toy.yaml\nedges: [[softbank, openai, equity, 2027]]\n"))
    assert dated.edges == (("softbank", "openai", "equity", 2027), *USUAL)
    assert dated.hash != load("toy.yaml").hash
    assert Config.model_validate(dated.to_json()) == dated
    assert apply(dated, {"seed": 4}).edges == dated.edges
    again = load(write("extends: mine.yaml\nedges: [[softbank, openai, equity]]\n", "again.yaml"))
    assert again.edges == load("toy.yaml").edges
    gone = load(write("extends: mine.yaml\ncut: [[softbank, openai, equity]]\n", "gone.yaml"))
    assert gone.edges == USUAL


def test_somebody_must_trade_in_the_first_year(write: Write) -> None:
    later = "extends: toy.yaml\nedges: [[openai, customers, services, 2026]]\n"
    assert "nobody sells to customers in 2025; tie a lab" in mistakes(write(later))[0]
    later = "extends: toy.yaml\nedges: [[openai, openai, capacity, 2026]]\n"
    assert "nobody leases capacity in 2025; tie a cloud" in mistakes(write(later))[0]
    load(write(later.replace("2026", "2025")))


def test_a_start_is_written_in_a_file_not_set(write: Write) -> None:
    assert load(write("extends: toy.yaml\nstart: 2022\n")).start == 2022
    told = mistakes("toy.yaml", start=2022)
    assert told == [
        "`set` start: a start cannot be set: a config's numbers belong to its start; "
        "name a config that starts then, such as end_of_2022"
    ]


def test_set_overlays_last_and_leaves_what_it_is_applied_to(write: Write) -> None:
    values = {"softbank.strategy": "prudent", "softbank.ltv_limit": "0.3", "until": "2028"}
    base = load("toy.yaml")
    config = apply(base, values)
    assert config == load("toy.yaml", values)
    assert config.firms["softbank"].strategy == "prudent"
    assert config.firms["softbank"].parameters["ltv_limit"].ground == "set by a setting"
    assert (config.until, base.until) == (2028, 2030)


def test_the_hash_follows_numbers_not_labels(write: Write) -> None:
    base = load("toy.yaml")
    assert apply(base, {"worlds": 9}).hash == base.hash
    assert load(write("extends: toy.yaml\nasks: Else?\n")).hash == base.hash
    for key, value in {"seed": 4, "softbank.ltv_limit": 0.25, "openai.strategy": "stay"}.items():
        assert apply(base, {key: value}).hash != base.hash


BAD = {
    "worlds: 0": "worlds: 0 is too few; use at least 1",
    "seed: 1.5": "seed: 1.5 is not a whole number",
    "seed: true": "seed: True is not a whole number",
    "until: 2020": "until: 2020 is not after the start, 2024; use 2025 or later",
    "until: 2040": "until: 2040 is too late; use 2035 at the latest",
    "wolrds: 5": "wolrds: unknown key; did you mean 'worlds'?",
    "services: {elastcity: 1}": "services.elastcity: unknown parameter; did you mean 'elasticity'?",
    "services: {elasticity: .nan}": "services.elasticity: nan is not what belongs here",
    "services: [1]": "services: [1] is not what belongs here; write a mapping, KEY: VALUE",
    "firms: {softbank: {ltv: 1, budget: -1}}": "firms.softbank.budget: -1 $ bn is negative",
    "firms: {softbank: {strategy: prudnt}}": "unknown strategy 'prudnt'; did you mean 'prudent'?",
    "firms: {softbank: {strateg: prudent}}": "unknown key; did you mean 'strategy'?",
    "firms: {acme: {kind: inventor}}": "unknown kind of firm 'inventor'; did you mean 'investor'?",
    "firms: {o2: {kind: openai}}": "firms.o2: without cash; give each a value, or",
    "firms: {mgx: null}": "firms.mgx: there is no 'mgx' to take out; use one of openai, softbank",
    "edges: [[softbank, opnai, equity]]": "edges: there is no firm 'opnai'; did you mean 'openai'?",
    "edges: [[softbank, openai, equty]]": "edges: unknown kind of edge 'equty'; did you mean",
    "edges: [[softbank, openai]]": "not what belongs here; write [source, target, kind]",
    "edges: [[softbank, openai, equity, soon]]": "write [source, target, kind], or [source, target, kind, f",
    "edges: [[softbank, openai, 7]]": "not what belongs here; write [source, target, kind]",
    "edges: [[softbank, openai, equity, 25]]": "25 is no year of this market; use 2000 to 2035",
    "start: 2019": "start: 2019 is too few; use at least 2022",
    "cut: [[openai, softbank, debt]]": "no edge 'openai softbank debt' to cut; use one of",
    "shocks: {flood: {size: 1}}": "unknown kind of shock 'flood'; use one of",
    "shocks: {credit_crunch: {sise: 1}}": "unknown key; did you mean 'size'?",
    "shocks: {credit_crunch: {size: -1}}": "size: -1 is below 0; use 0 to 5000",
    "shocks: {credit_crunch: {until: 2025}}": "until: it ends in 2025, before it begins",
    "services: {elasticity: {low: 2, central: 1, high: 3, assumed: because}}": "2 <= 1 <= 3 does",
    "services: {elasticity: {central: 1, shape: fixed}}": "it rests on nothing; give",
    "services: {elasticity: {central: 1, shape: fixd, assumed: because}}": "did you mean 'fixed'?",
    "services: {elasticity: {central: 1, shape: fixed, facts: [OpenAI/c]}}": "no fact 'OpenAI/c'",
    "roles: {investr: {budget: 1}}": "roles.investr: unknown role; did you mean 'investor'?",
    "seed: 1\nseed: 2": "seed: stands here a second time, first in line 2; keep one of them",
    "seed: !!python/name:os.system x": "could not determine a constructor for the tag",
    "name: other": "the name 'other' is not the file's; write 'mine', or leave it out",
    "seed: [1": "broken YAML: ",
    "a: &a [*a]": "nested too deeply",
}


@pytest.mark.parametrize("line", BAD)
def test_a_mistake_is_named_where_it_stands(write: Write, line: str) -> None:
    told = mistakes(write(f"extends: toy.yaml\n{line}\n"))
    found = [each for each in told if BAD[line] in each]
    assert found, told
    last = 1 + len(line.splitlines())
    assert found[0].startswith((f"mine.yaml:{last}: ", f"mine.yaml:{last + 1}: "))


def test_all_mistakes_are_told_at_once_in_every_layer(write: Write) -> None:
    write(
        "extends: toy.yaml\nfirms:\n  softbank:\n    strategy: x\n    ltv_limit: high\n",
        "mid.yaml",
    )
    file = write("extends: mid.yaml\nworlds: 0\nsevices: 1\nedges:\n  - [a, b, c]\n")
    told = mistakes(file, **{"openai.cahs": 1, "opnai.cash": 1, "seed": "many"})
    places = {each.split(": ")[0] for each in told}
    assert places == {
        *("mid.yaml:4", "mid.yaml:5", "mine.yaml:2", "mine.yaml:3", "mine.yaml:5"),
        *("`set` openai.cahs", "`set` opnai.cash", "`seed`"),
    }


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("basline", "did you mean 'baseline'?"),
        ("full_cast", "it is called `baseline` since 0.10"),
        ("no/such.yaml", "no such file"),
        (".", "folder"),
    ],
)
def test_a_config_that_is_not_there(name: str, right: str) -> None:
    assert right in mistakes(name)[0]


def test_configs_that_extend_in_a_circle(write: Write) -> None:
    write("extends: mine.yaml\n", "other.yaml")
    told = mistakes(write("extends: other.yaml\n"))
    assert told[0].startswith("other.yaml:1: extends: configs extend in a circle: mine -> other")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(["seed", "services", "firms", "edges", "shocks", "cut", "roles", "extends"]),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["softbank", "x"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["softbank", "budget", "size", "elasticity"]), inner, max_size=3
            )
        ),
    ),
)
def test_whatever_stands_there_it_is_a_config_or_a_told_mistake(
    write: Write, key: str, value: object
) -> None:
    """Any value under any key: never another exception than UserError."""
    text = io.StringIO()
    YAML(typ="safe", pure=True).dump({"extends": "toy.yaml", key: value}, text)
    with contextlib.suppress(UserError):
        load(write(text.getvalue()))
