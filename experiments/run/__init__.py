"""Runs: worlds drawn and simulated in blocks, here or on a cluster, into a folder or in memory."""
