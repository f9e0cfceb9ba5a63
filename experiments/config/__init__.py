"""Configs: finding, reading and checking them, and the Python files that a user loads."""
