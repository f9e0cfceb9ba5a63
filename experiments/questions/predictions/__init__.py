"""Dated predictions: written to a file that says all it needs, and scored by the facts that come later."""
