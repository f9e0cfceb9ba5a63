"""Answers as matplotlib figures, one module per question."""
