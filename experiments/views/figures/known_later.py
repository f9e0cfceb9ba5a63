"""The picture of `known_later`."""

from computeshift.experiments.views.plots.known_later import known_later as draw

__all__ = ["draw"]
