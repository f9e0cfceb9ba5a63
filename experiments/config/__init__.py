"""Configs: found, read, checked, and the Python files a user loads."""
