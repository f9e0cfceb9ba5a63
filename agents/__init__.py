"""What decides or owns: a file for each firm, a file for each role. Importing it registers every kind."""

import importlib
import pkgutil

from computeshift.agents.kinds import KINDS as KINDS

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
