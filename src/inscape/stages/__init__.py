"""Stages: one file for each verb. A stage is a generator of events; it prints nothing and asks nothing."""
