"""diff: what two configs, or two runs, have otherwise, as they are written."""
