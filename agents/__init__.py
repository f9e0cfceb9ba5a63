"""What decides or owns: a file for each firm, a file for each role. Importing them registers their kinds."""

from computeshift.agents import (
    chipmaker,
    cloud,
    deepseek,
    investor,
    lab,
    mgx,
    microsoft,
    openai,
    oracle,
    softbank,
    stargate,
)
from computeshift.agents.kinds import KINDS

__all__ = [
    "KINDS",
    "chipmaker",
    "cloud",
    "deepseek",
    "investor",
    "lab",
    "mgx",
    "microsoft",
    "openai",
    "oracle",
    "softbank",
    "stargate",
]
