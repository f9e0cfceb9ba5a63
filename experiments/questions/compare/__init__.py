"""What would be different: paired worlds of several configs."""
