"""Who decides: a file a firm, a file a role."""

from computeshift.agents.agent import MarketAgent
from computeshift.agents.chipmaker import Chipmaker
from computeshift.agents.cloud import Cloud
from computeshift.agents.deepseek import DeepSeek
from computeshift.agents.investor import Investor
from computeshift.agents.lab import Lab
from computeshift.agents.mgx import MGX
from computeshift.agents.microsoft import Microsoft
from computeshift.agents.openai import OpenAI
from computeshift.agents.oracle import Oracle
from computeshift.agents.softbank import SoftBank

KINDS: dict[str, type[MarketAgent]] = {
    "openai": OpenAI,
    "microsoft": Microsoft,
    "softbank": SoftBank,
    "oracle": Oracle,
    "mgx": MGX,
    "deepseek": DeepSeek,
    "lab": Lab,
    "cloud": Cloud,
    "investor": Investor,
    "chipmaker": Chipmaker,
}
"""The kinds of firm a config may name: six firms with rules of their own, four roles."""
