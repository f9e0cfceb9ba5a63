"""Why a firm did what it did: its story, and the limits that bound it."""
