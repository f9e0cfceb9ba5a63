"""Which broken deal hurts a firm most: each deal broken in turn, calm and in a storm, in paired worlds."""
