"""Questions that a page asks of what it shows: inputs, the call, the command line, the answer in parts."""
