"""What a worker imports before its first block.

On Linux one process imports this, and workers are copies of it. No thread may run there: a copy has no
threads, but the locks that they held. OpenBLAS would start one for each core, and Arrow's jemalloc another.
"""

import os

os.environ |= {"OPENBLAS_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"}

import computeshift.experiments.run.task  # noqa: F401
