"""What the agents meet in: markets, network, ledger and news. It settles, it never decides."""
