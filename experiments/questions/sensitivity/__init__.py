"""What an outcome hangs on: sensitivity, and the regions in which a claim fails."""
