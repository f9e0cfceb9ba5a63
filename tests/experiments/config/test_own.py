"""A config's own outcomes, claims and observables: how they are read, laid over each other and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.load import apply, load
from computeshift.experiments.errors import UserError

OWN = """\
extends: six
outcomes:
  twice: oracle_debt * 2
  oracle_debt: {of: oracle.debt, unit: $ bn, meaning: Oracle's debt}
claims:
  oracle_200: {sentence: It owes., source: me, outcome: twice, test: above, figure: 200, when: by +4}
  broke: {sentence: It breaks., source: me, outcome: oracle.defaulted by +3, test: at_least, figure: 1}
observe:
  Anthropic/revenue: rival_lab.revenue
  Anthropic/yield: {of: rival_lab.revenue / rival_lab.used_gw, kind: average, unit: USD_bn_per_GW}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Config:
    return load(written(tmp_path_factory.mktemp("own"), OWN))


def written(folder: Path, text: str, name: str = "own.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_outcomes_that_name_others_are_written_out(own: Config) -> None:
    assert own.outcomes["twice"].of == "oracle.debt * 2"
    assert own.outcomes["twice"].unit == own.outcomes["oracle_debt"].unit == "$ bn"
    assert own.claims["oracle_200"].outcome == "oracle.debt * 2"
    assert [own.claims[name].when for name in ("oracle_200", "broke")] == ["by 2028", "by 2027"]
    assert own.observe["Anthropic/revenue"].model_dump(include={"kind", "unit"}) == {
        "kind": "flow",
        "unit": "USD_bn",
    }


def test_they_are_part_of_the_hash_and_survive_settings_and_json(own: Config) -> None:
    plain = load("six")
    assert own.hash != plain.hash
    assert own.model_copy(update={"outcomes": {}, "claims": {}, "observe": {}}).hash == plain.hash
    changed = apply(own, {"softbank.strategy": "prudent"})
    assert (changed.outcomes, changed.claims, changed.observe) == (own.outcomes, own.claims, own.observe)
    assert Config.model_validate_json(own.model_dump_json()) == own


def test_a_later_file_replaces_an_entry_as_a_whole_or_takes_it_out(tmp_path: Path, own: Config) -> None:
    written(tmp_path, OWN)
    text = "extends: own.yaml\noutcomes: {oracle_debt: oracle.gw, twice: null}\nclaims: {oracle_200: null}\n"
    later = load(written(tmp_path, text, "later.yaml"))
    assert list(later.outcomes) == ["oracle_debt"]
    assert (later.outcomes["oracle_debt"].unit, later.outcomes["oracle_debt"].meaning) == ("GW", "oracle.gw")
    assert list(later.claims) == ["broke"]


WRONG = {
    "outcomes:\n  a: oracel.debt": r"own.yaml:3: outcomes.a: 'oracel.debt': .* did you mean 'oracle'",
    "outcomes:\n  a: {of: oracle.debt,\n    unti: GW}": r"own.yaml:4: outcomes.a.unti: unknown key; .*'unit'",
    "outcomes:\n  a: b\n  b: a": r"own.yaml:4: outcomes.b: 'a': outcomes in a circle: a -> b -> a",
    "outcomes:\n  trust: oracle.debt": "'trust' is taken by what comes with computeshift",
    "outcomes:\n  by: oracle.debt": "'by' can't be the name of an outcome; choose another word",
    "outcomes:\n  a: {unit: GW}": r"outcomes.a: there is no expression; write one such as oracle.debt",
    "outcomes:\n  a: 5": r"outcomes.a: 5 is not what belongs here; write an expression",
    "outcomes:\n  a: microsoft.valuation": "nobody may buy its equity",
    "claims:\n  c: {sentence: s, source: s}": "claims.c: without outcome, test",
    "claims:\n  c: {sentence: s, source: s, outcome: oracle.debt, test: abov, figure: 1, when: ever}": (
        "claims.c.test: unknown test 'abov'; did you mean 'above'"
    ),
    "claims:\n  c: {sentence: s, source: s, outcome: oracle.debt, test: above, when: ever}": (
        "without a figure; add figure: NUMBER"
    ),
    "claims:\n  c: {sentence: s, source: s, outcome: oracle.debt, test: above, figure: 1}": "without when",
    "claims:\n  c: {sentence: s, source: s, outcome: oracle.debt, test: rises, when: 2027 to 2026}": (
        "is no time of these worlds; use 2025 to 2035"
    ),
    "claims:\n  c: {sentence: s, source: s, outcome: trust in 2027, test: above, figure: 1, when: ever}": (
        "its outcome says when: in 2027; leave when out"
    ),
    "observe:\n  Anthropic: oracle.debt": "'Anthropic' is not ENTITY/VARIABLE",
    "observe:\n  A/b: market.rent": "it can't be told what facts of market.rent are of; use one of average",
    "observe:\n  A/b: {of: market.rent, kind: average}": "add unit: USD_bn",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match=WRONG[text]) as raised:
        load(written(tmp_path, f"extends: six\n{text}\n"))
    assert len(raised.value.problems) == 1


def test_they_cannot_be_set() -> None:
    with pytest.raises(UserError, match="outcomes can't be set: a config's file has them"):
        load("six", {"outcomes.a": "oracle.debt"})
