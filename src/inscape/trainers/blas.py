"""A fast BLAS for mlx on a Linux machine without a GPU.

Invariant: only a library that the machine has already is used, nothing is installed, and a LD_PRELOAD of the person's
stands first. mlx-cpu's wheel comes with the reference BLAS: 5 GFLOPS on two cores where OpenBLAS does 110 to 160, and
a training takes ten times as long (benchmarks/RESULTS.md).
"""

from __future__ import annotations

import ctypes.util
import sys
from collections.abc import Callable, Mapping

NAME = "openblas"
ADVICE = (
    "mlx's wheel multiplies matrices with the reference BLAS on this processor, at a tenth of what it can do. With "
    "OpenBLAS installed (Debian: libopenblas0-pthread, Fedora: openblas) inscape uses that."
)


def preload(
    environ: Mapping[str, str], find: Callable[[str], str | None] = ctypes.util.find_library,
    platform: str = sys.platform,
) -> dict[str, str]:  # fmt: skip
    """What to add to a child's environment in which mlx computes; nothing where OpenBLAS is not on this machine."""
    found = find(NAME) if platform.startswith("linux") else None
    if not found:
        return {}
    before = environ.get("LD_PRELOAD", "")
    return {"LD_PRELOAD": f"{before}:{found}" if before else found}


def slow(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether this process has none to compute with (asked in the child, whose device is a processor)."""
    return platform.startswith("linux") and NAME not in environ.get("LD_PRELOAD", "")
