"""Probes: how they are read, and what stands near them."""
