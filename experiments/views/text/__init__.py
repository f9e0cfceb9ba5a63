"""Answers as text on a screen, one module per question."""
