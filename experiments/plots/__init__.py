"""Pictures of results, as ECharts options: the report, the dashboard and a notebook show the same ones."""

from computeshift.experiments.plots.network import network, network_years
from computeshift.experiments.plots.picture import Picture
from computeshift.experiments.plots.shares import lab_market, shares

__all__ = ["Picture", "lab_market", "network", "network_years", "shares"]
