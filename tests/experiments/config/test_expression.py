"""Expressions: what is read is what is written, and what can't be read says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.expression import (
    At,
    Binary,
    ExpressionError,
    Flow,
    Name,
    Negative,
    Number,
    OfDeals,
    Running,
    Total,
    Tree,
    Variable,
    dated,
    parse,
    when,
)
from computeshift.experiments.config.quantities import read, unit_of

CAST = Cast({"openai": "openai", "oracle": "oracle", "softbank": "softbank", "my-cloud": "cloud"})
FIRMS = ("openai", "oracle", "my-cloud")

leaves = st.one_of(
    st.builds(Number, st.one_of(st.integers(0, 10**9).map(float), st.floats(0, 1e20))),
    st.builds(Variable, st.sampled_from([*FIRMS, "stargate"]), st.sampled_from(["debt", "gw"])),
    st.builds(Variable, st.just("market"), st.just("rent")),
    st.builds(Name, st.sampled_from(["stargate_share", "openai_burn"])),
    st.builds(
        Flow,
        st.just("lease"),
        st.sampled_from([None, "outside", "my-cloud"]),
        st.sampled_from([None, "oracle"]),
    ),
    st.builds(OfDeals, st.just("left"), st.just("debt")),
    st.builds(OfDeals, st.just("left"), st.none(), st.sampled_from([None, "my-cloud"]), st.just("debt")),
    st.builds(Total, st.just("debt"), st.sampled_from([(), ("oracle", "my-cloud"), ("cloud",)])),
)


def _running(inner: Tree) -> Tree:
    return inner if dated(inner) else Running("cumulative", inner)


def _at(pair: tuple[Tree, tuple[str, int | None]]) -> Tree:
    inner, (how, year) = pair
    return inner if dated(inner) else At(inner, how, year)  # type: ignore[arg-type]


times = st.sampled_from([("in", 2026), ("by", 2027), ("ever", None)])
trees: st.SearchStrategy[Tree] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(Negative, inner),
        inner.map(_running),
        st.tuples(inner, times).map(_at),
    ),
    max_leaves=12,
).filter(lambda tree: "rent" in str(tree) or "debt" in str(tree))


@given(trees)
def test_what_is_printed_is_read_as_the_same(tree: Tree) -> None:
    assert parse(str(tree)) == tree


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("oracle.debt-openai.debt*2 in 2028", "(oracle.debt - (openai.debt * 2)) in 2028"),
        ("-oracle.debt / 2 / 3", "((-oracle.debt) / 2) / 3"),
        ("flow( lease ,any, oracle )", "flow(lease,any,oracle)"),
        ("my-cloud.debt - oracle.debt", "(my-cloud.debt)-(oracle.debt)"),
    ],
)
def test_signs_hold_as_tightly_as_in_arithmetic(text: str, same: str) -> None:
    assert parse(text) == parse(same)


def test_years_are_counted_from_the_start_of_the_market() -> None:
    text = "(oracle.debt by +3) / (oracle.debt in +1)"
    assert str(parse(text)) == text
    assert str(read(text, CAST, {}, 2023)) == "(oracle.debt by 2026) / (oracle.debt in 2024)"
    with pytest.raises(ExpressionError, match="there is none here; write the year"):
        read(text, CAST, {})


def test_the_last_time_of_a_dated_expression_is_its_time() -> None:
    assert when(parse("(oracle.debt in 2028) - (oracle.debt in 2025)")) == ("in", 2028)
    assert not dated(parse("oracle.debt / (oracle.debt in 2025)"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing where a quantity should be"),
        ("3 + 4", "names nothing of the market"),
        ("oracle.debt in 2028 - 3", r"'-' after the expression has ended; put brackets around"),
        ("oracle.debt inn 2028", r"'inn' after the expression has ended; write"),
        ("oracle.debt in", "no year after 'in'; write one, such as in 2028"),
        ("oracle.debt in +0", r"\+0 is the start itself; write in \+1"),
        ("(oracle.debt", r"nothing where '\)' should be"),
        ("max(oracle.debt in 2028)", "is one number for all years; put 'in' and 'by' behind"),
        ("cumulativ(oracle.debt)", "no function 'cumulativ'; did you mean 'cumulative'"),
        ("flow(lease, openai, oracle, x)", "a flow has two ends"),
        ("deal(left)", r"it names no deal; write it like deal\(left, NAME\)"),
        ("deal(lef, oracle, openai)", "deals have no number 'lef'; did you mean 'left'"),
        ("deal(left, abilene)", r"the config has no deal 'abilene'; .* deal\(left, oracle, openai\)"),
        ("deal(price, any, openai)", "prices of several deals have no sum; name one deal"),
        ("deal(left, any, opnai)", "no firm 'opnai'; did you mean 'openai'"),
        ("__import__('os').system('x')", "no function '__import__'"),
        ("1e999 * oracle.debt", "too large"),
        ("(" * 5000 + "oracle.debt" + ")" * 5000, "more than 100 parts"),
        ("oracel.debt", "no firm 'oracel'; did you mean 'oracle'"),
        ("oracle.dept", "oracle has no variable 'dept'; did you mean 'debt'"),
        ("market.rnet", "the market has no variable 'rnet'; did you mean 'rent'"),
        ("flow(leas)", "no kind of flow 'leas'; did you mean 'lease'"),
        ("flow(lease, orcle)", "no firm or institution 'orcle'; did you mean 'oracle'"),
        ("sum(debt, clod)", "no firm of a kind, 'clod'; did you mean 'cloud'"),
        ("sum(ltv, cloud)", "openai has no variable 'ltv'"),
        ("stargate_shar / 2", "no outcome 'stargate_shar'; did you mean 'stargate_share'"),
        ("x-oracle.debt", "write spaces around a minus"),
        ("oracle.debt + oracle.gw", r"GW can't be added to \$ bn"),
        ("oracle.debt in 2024", "2024 is not after the start, 2024; use 2025 or later"),
        ("oracle.debt by 2036", "2036 is too late; use 2035"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        read(text, CAST, {}, 2024)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("oracle.debt - 200", "$ bn"),
        ("(openai.revenue - openai.burn) / openai.revenue", "ratio"),
        ("max(openai.defaulted) in 2028", "0/1"),
        ("1 - openai.defaulted", "0/1"),
        ("openai.defaulted * oracle.ai_capex", "$ bn"),
        ("openai.default_degree * openai.defaulted", "share"),
        ("openai.defaulted + 3 * softbank.breached", "number"),
        ("cumulative(openai.defaulted)", "number"),
        ("sum(defaulted)", "number"),
        ("1 - stargate_share", "share"),
        ("stargate_share * openai.used_gw", "GW"),
        ("openai.revenue / openai.used_gw", "$ bn per GW"),
        ("1 / openai.used_gw", ""),
        ("oracle.debt * 1000 by 2028", "$ bn"),
        ("deal(gw, any, openai) in 2028", "GW"),
        ("deal(due, oracle, openai) / oracle.debt", "ratio"),
    ],
)
def test_units_follow_from_what_is_added_and_divided(text: str, unit: str) -> None:
    assert unit_of(read(text, CAST, {}), CAST) == unit
