"""Names as a person reads them: of firms, of parameters, and how numbers are drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from computeshift.agents import KINDS
from computeshift.agents.strategy import JOINED

_FIRMS = {
    "anthropic": "Anthropic",
    "xai": "xAI",
    "google": "Google",
    "amazon": "Amazon",
    "meta": "Meta",
    "coreweave": "CoreWeave",
    "nvidia": "NVIDIA",
    "amd": "AMD",
    "rival_lab": "the rival lab",
    "other_cloud": "the other cloud",
    "china_cloud": "China's cloud",
}
_SECTIONS = {
    "frontier": "the frontier of efficiency",
    "services": "the services market",
    "compute": "the compute market",
    "tenants": "the demand of tenants",
    "capital": "the capital market",
    "ratings": "the rating agencies",
}
DEFAULT = "default"
"""What the first strategy of a role is called."""
_WORDS = {
    "ai": "AI",
    "aws": "AWS",
    "azure": "Azure",
    "gw": "GW",
    "japan": "Japan",
    "ltv": "loan-to-value",
    "nav": "NAV",
}


def named(text: str) -> str:
    """A config's name, or words with such names among them, as a person says it.

    >>> named("openai"), named("rival_lab"), named("my_lab")
    ('OpenAI', 'the rival lab', 'my lab')
    >>> named("compute of openai"), named("stake_in_openai")
    ('compute of OpenAI', 'stake in OpenAI')
    """
    return " ".join(_firm(word) or _in_parts(word) for word in text.split(" "))


def in_words(parameter: str) -> str:
    """A dotted name as a person says it.

    >>> in_words("softbank.saleable_share"), in_words("microsoft.initial_gw")
    ("SoftBank's saleable share", "Microsoft's initial GW")
    >>> in_words("services.elasticity"), in_words("shocks.permit_delay.size"), in_words("focus")
    ("the services market's elasticity", "the permit delay's size", 'the focus')
    >>> in_words("factor.supply"), in_words("residual.openai.race")
    ('supply', "OpenAI's race apart from its factors")
    >>> in_words("factors.supply"), in_words("factors.supply.openai.race")
    ('the factor supply', "the loading of OpenAI's race on supply")
    >>> in_words("tie softbank openai equity")
    'the tie SoftBank OpenAI equity'
    >>> in_words("deals.build_out.gw"), in_words("deals.build_out.cut.share"), in_words("deals.build_out")
    ("the deal build out's GW", "the deal build out's cut share", 'the deal build out')
    """
    *owners, key = parameter.split(".")
    if not owners:
        return f"the {named(key)}"
    first, _, rest = parameter.partition(".")
    if first in ("factor", "factors"):
        factor, _, loaded = rest.partition(".")
        if loaded:
            return f"the loading of {in_words(loaded)} on {_in_parts(factor)}"
        return _in_parts(factor) if first == "factor" else f"the factor {_in_parts(factor)}"
    if first == "residual":
        return f"{in_words(rest)} apart from its factors"
    if first == "deals":
        deal, _, number = rest.partition(".")
        called = f"the deal {_in_parts(deal)}"
        return f"{possessive(called)} {_in_parts(number.replace('.', '_'))}" if number else called
    if owners[0] == "shocks":
        owner = "the " + " ".join(owners[1:]).replace("_", " ")
    else:
        owner = _SECTIONS.get(owners[0]) or _firm(owners[0]) or owners[0].replace("_", " ").title()
    return f"{possessive(owner)} {_in_parts(key)}"


def strategy_in_words(name: str) -> str:
    """A strategy as a person says it; of a firm of several roles, those that are not their role's default.

    >>> strategy_in_words("live_within_revenue"), strategy_in_words("default+default")
    ('live within revenue', 'default')
    >>> strategy_in_words("disciplined+race+default")
    'disciplined + race'
    """
    own = [part for part in name.split(JOINED) if part != DEFAULT] if JOINED in name else [name]
    return " + ".join(part.replace("_", " ") for part in own) or DEFAULT


def possessive(name: str) -> str:
    """What belongs to it.

    >>> possessive("Oracle"), possessive("banks")
    ("Oracle's", "banks'")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def owner_of(parameter: str) -> str:
    """Whose number it is: a section's, a firm's, or that of a shock or a deal.

    >>> owner_of("softbank.cash"), owner_of("shocks.nav_fall.size"), owner_of("deals.abilene.cut.share")
    ('softbank', 'shocks.nav_fall', 'deals.abilene')
    """
    parts = parameter.split(".")
    return ".".join(parts[: 2 if parts[0] in ("shocks", "deals") else 1])


def capitalised(text: str) -> str:
    """Words as a sentence begins.

    >>> capitalised("the rival lab gains")
    'The rival lab gains'
    >>> capitalised("xAI gains")  # a name that is written so
    'xAI gains'
    """
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def in_numbers(low: float, central: float, high: float, shape: str, unit: str) -> str:
    """How a number is drawn, with its unit; the shape only if it is not the usual one.

    >>> in_numbers(0.2, 0.25, 0.3, "triangular", "share"), in_numbers(8, 8, 8, "fixed", "GW")
    ('0.2 | 0.25 | 0.3 share', '8 GW')
    """
    if shape == "fixed":
        return f"{central:g} {unit}"
    text = "" if shape == "triangular" else f" ({shape})"
    return f"{low:g} | {central:g} | {high:g} {unit}{text}"


def numbered(names: Sequence[str]) -> list[str]:
    """The same names; a second one of a name is numbered.

    >>> numbered(["base", "base", "crunch"])
    ['base', 'base (2)', 'crunch']
    """
    seen: Counter[str] = Counter()
    numbered_names = []
    for name in names:
        seen[name] += 1
        numbered_names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return numbered_names


def _in_parts(word: str) -> str:
    return " ".join(_firm(part) or _WORDS.get(part, part) for part in word.split("_"))


def _firm(name: str) -> str:
    """How people write the name of a firm: as its kind's card has it; nothing where nobody says."""
    card = KINDS.get(name)
    return card.label if card is not None and card.label else _FIRMS.get(name, "")
