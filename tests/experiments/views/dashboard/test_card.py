"""A firm's card: what it says is what the results and the config say."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

import computeshift as cs
from computeshift.environment.ratings import in_words
from computeshift.experiments.config.facts import rows
from computeshift.experiments.results.results import Results
from computeshift.experiments.views.dashboard.card import card, firms_of, sources


def test_a_card_has_the_numbers_and_partners_of_its_year(six: Results) -> None:
    shown = card(six, "openai", 2027)
    assert (shown.name, shown.strategy) == ("OpenAI", "shift")
    low, middle, high = six.variable("openai", "revenue")[2027].quantile([0.1, 0.5, 0.9])
    assert shown.numbers["Revenue"] == f"${middle:.0f} bn ({low:.0f} to {high:.0f})"
    assert shown.rating.startswith(in_words(six.variable("openai", "rating")[2027].median()))
    suppliers = dict(shown.partners["Supplied by"])
    given = six.flow("capacity", "microsoft", "openai")[2027].median()
    assert suppliers["Microsoft"].startswith(f"{given:.1f} (")
    assert "Supplied by" not in card(six, "mgx", 2027).partners
    assert {"OpenAI", "Stargate"} <= set(dict(card(six, "mgx", 2027).partners["Funds"]))


def test_every_firm_and_the_venture_has_a_card(six: Results) -> None:
    for firm, name in firms_of(six).items():
        shown = card(six, firm, 2030)
        assert shown.name == name
        assert shown.what.endswith(".")
    assert "stargate" in firms_of(six)


@pytest.mark.parametrize(
    ("firm", "what"),
    [("google", "A cloud, lab and investor in one firm."), ("anthropic", "A lab: it forecasts adaptively")],
)
def test_a_firm_without_rules_of_its_own_is_told_by_its_roles(firm: str, what: str, tmp_path: Path) -> None:
    results = cs.run("baseline", worlds=2, until=2025, keep="flows", out=tmp_path / "r")
    assert card(results, firm, 2025).what.startswith(what)


def test_its_sources_are_those_of_the_facts_that_its_parameters_rest_on() -> None:
    config = cs.load("six")
    found = sources(config, "oracle")
    facts = [
        fact
        for name, number in config.parameters().items()
        if name.startswith("oracle.")
        for fact in number.facts
    ]
    known = {row["url"] for fact in facts for row in rows()[fact]}
    assert {source.url for source in found} == {url for url in known if url.startswith("https://")}
    for source in found:
        assert f" ({urlsplit(source.url).netloc.removeprefix('www.')}), {source.published}" in source.words
    assert [source.published for source in found] == sorted((s.published for s in found), reverse=True)
