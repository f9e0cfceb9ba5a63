"""Who drags whom: contagion, circular money, concentration."""
