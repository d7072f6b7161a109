"""What a child's Python is started with, by path: makes the package `inscape` importable there, then runs one module.

Invariant: nothing of inscape's environment is put before the child's own. Only the package's folder is found, by its
name; this file's own folder leaves the path, since `peft` and `mlx` are names of modules in it.
"""

import importlib
import importlib.util
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def prepare() -> None:
    """`import inscape` gives the package that this file lies in, whatever else is installed."""
    sys.path[:] = [one for one in sys.path if not one or Path(one).resolve() != HERE]
    package = HERE.parent
    spec = importlib.util.spec_from_file_location(
        "inscape", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["inscape"] = module
    spec.loader.exec_module(module)


if __name__ == "__main__":
    prepare()
    importlib.import_module(f"inscape.trainers.{sys.argv[1]}").main(sys.argv[2])
