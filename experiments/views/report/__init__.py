"""A report: one file with pictures, words and numbers of a run, or of several runs side by side."""
