"""Pictures of results, as ECharts options: the report, the dashboard and a notebook show the same ones."""

from computeshift.experiments.plots.books import circular_money, investments, loan_to_value, treasury
from computeshift.experiments.plots.flows import money_flows
from computeshift.experiments.plots.network import network, network_years
from computeshift.experiments.plots.picture import Picture
from computeshift.experiments.plots.shares import lab_market, shares

__all__ = [
    "Picture",
    "circular_money",
    "investments",
    "lab_market",
    "loan_to_value",
    "money_flows",
    "network",
    "network_years",
    "shares",
    "treasury",
]
