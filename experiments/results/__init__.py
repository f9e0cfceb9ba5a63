"""What a run leaves behind: its files, tables, outcomes and claims, and which worlds count."""
