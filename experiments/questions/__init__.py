"""Questions about many worlds: each answers with data."""
