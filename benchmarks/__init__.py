"""Measurements of speed and memory; `benchmarks` is also a name that other packages install."""
