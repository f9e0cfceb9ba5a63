"""Experiments: the same worlds under many settings, in one folder and one table."""
