"""Which levers move what: every strategy and every shock against the config, in paired worlds."""
