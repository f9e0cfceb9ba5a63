"""The picture of `backtest`."""

from computeshift.experiments.views.plots.backtest import backtest as draw

__all__ = ["draw"]
