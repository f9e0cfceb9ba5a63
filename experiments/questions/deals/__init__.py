"""Deals: who is bound to whom, what remains due, who depends on it, in which rings money returns."""
