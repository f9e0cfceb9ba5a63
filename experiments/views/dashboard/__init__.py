"""The dashboard: settings on the left, pictures of what comes of them on the right."""

import computeshift.agents  # noqa: F401 - first: Mesa looks through all that is loaded, and NiceGUI is much
