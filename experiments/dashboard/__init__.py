"""The dashboard: settings on the left, pictures of what comes of them on the right."""
