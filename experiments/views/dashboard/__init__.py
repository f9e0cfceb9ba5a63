"""The dashboard: settings on the left, their pictures on the right."""

import computeshift.agents  # noqa: F401 - first: Mesa looks through all that is loaded, and NiceGUI is much
