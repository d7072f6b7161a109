"""The store: the only place that says SQL. What the machine records stands in `inscape.db`."""

from inscape.store.db import Store, open_store

__all__ = ["Store", "open_store"]
