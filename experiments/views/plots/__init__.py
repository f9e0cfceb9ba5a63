"""Pictures of results, as ECharts options: the report, the dashboard and a notebook show the same ones."""

from computeshift.experiments.views.plots.backtest import backtest
from computeshift.experiments.views.plots.books import circular_money, investments, loan_to_value, treasury
from computeshift.experiments.views.plots.breaks import breaks
from computeshift.experiments.views.plots.calibrate import calibrate
from computeshift.experiments.views.plots.claims import claims, claims_by_year
from computeshift.experiments.views.plots.compare import compare
from computeshift.experiments.views.plots.deals import backlogs, bonds, money_rings
from computeshift.experiments.views.plots.explain import explain
from computeshift.experiments.views.plots.fans import fan
from computeshift.experiments.views.plots.indices import indices
from computeshift.experiments.views.plots.levers import levers
from computeshift.experiments.views.plots.limits import limits
from computeshift.experiments.views.plots.network import network, network_years
from computeshift.experiments.views.plots.payoffs import payoffs
from computeshift.experiments.views.plots.picture import Picture
from computeshift.experiments.views.plots.predictions import predictions
from computeshift.experiments.views.plots.recover import recover
from computeshift.experiments.views.plots.regions import regions
from computeshift.experiments.views.plots.risk import risk
from computeshift.experiments.views.plots.sankey import money_flows
from computeshift.experiments.views.plots.scorecard import scorecard
from computeshift.experiments.views.plots.shares import lab_market, shares
from computeshift.experiments.views.plots.tornado import tornado

__all__ = [
    "Picture",
    "backlogs",
    "backtest",
    "bonds",
    "breaks",
    "calibrate",
    "circular_money",
    "claims",
    "claims_by_year",
    "compare",
    "explain",
    "fan",
    "indices",
    "investments",
    "lab_market",
    "levers",
    "limits",
    "loan_to_value",
    "money_flows",
    "money_rings",
    "network",
    "network_years",
    "payoffs",
    "predictions",
    "recover",
    "regions",
    "risk",
    "scorecard",
    "shares",
    "tornado",
    "treasury",
]
