"""The picture of each question: a module per question, whose `draw` makes it."""
