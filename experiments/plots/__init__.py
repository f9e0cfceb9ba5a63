"""Pictures of results, as ECharts options: the report, the dashboard and a notebook show the same ones."""

from computeshift.experiments.plots.books import circular_money, investments, loan_to_value, treasury
from computeshift.experiments.plots.claims import claims, claims_by_year
from computeshift.experiments.plots.drivers import regions, tornado
from computeshift.experiments.plots.evidence import backtest
from computeshift.experiments.plots.fans import fan
from computeshift.experiments.plots.flows import money_flows
from computeshift.experiments.plots.games import payoffs
from computeshift.experiments.plots.limits import limits
from computeshift.experiments.plots.network import network, network_years
from computeshift.experiments.plots.picture import Picture
from computeshift.experiments.plots.shares import lab_market, shares

__all__ = [
    "Picture",
    "backtest",
    "circular_money",
    "claims",
    "claims_by_year",
    "fan",
    "investments",
    "lab_market",
    "limits",
    "loan_to_value",
    "money_flows",
    "network",
    "network_years",
    "payoffs",
    "regions",
    "shares",
    "tornado",
    "treasury",
]
