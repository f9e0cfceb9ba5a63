"""Names a person reads: a parameter's dotted name in words."""

from __future__ import annotations

_OWNERS = {
    "openai": "OpenAI",
    "softbank": "SoftBank",
    "mgx": "MGX",
    "deepseek": "DeepSeek",
    "coreweave": "CoreWeave",
    "nvidia": "NVIDIA",
    "amd": "AMD",
    "xai": "xAI",
    "rival_lab": "the rival lab",
    "other_cloud": "the other cloud",
    "services": "the services market",
    "compute": "the compute market",
    "capital": "the capital market",
}
_WORDS = {"ai": "AI", "gw": "GW", "openai": "OpenAI", "japan": "Japan", "ltv": "loan-to-value"}


def in_words(parameter: str) -> str:
    """A dotted name as a person says it.

    >>> in_words("softbank.saleable_share"), in_words("microsoft.initial_gw")
    ("SoftBank's saleable share", "Microsoft's initial GW")
    >>> in_words("services.elasticity"), in_words("shocks.permit_delay.size")
    ("the services market's elasticity", "the permit delay's size")
    """
    *owners, key = parameter.split(".")
    what = " ".join(_WORDS.get(word, word) for word in key.split("_"))
    if owners[0] == "shocks":
        return f"the {' '.join(owners[1:]).replace('_', ' ')}'s {what}"
    owner = _OWNERS.get(owners[0]) or owners[0].replace("_", " ").title()
    return f"{owner}'s {what}"
