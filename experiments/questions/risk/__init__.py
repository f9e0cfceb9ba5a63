"""Contagion between firms, circular money, concentration."""
