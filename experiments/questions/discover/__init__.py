"""In which region of what is uncertain a claim fails, or holds."""
