"""Child processes that train, merge, convert and answer; the only place that imports torch, mlx, transformers or trl.

The parent starts `[python, "-u", start.py, module, job.json]` in the run's folder, in a Python that need not have
inscape nor anything inscape depends on. The job is a JSON file (jobs.py). The child prints one JSON object a line on
stdout and reads JSON lines from stdin; whatever its libraries print goes to stderr, which is a log file. The last line
is always `{"kind": "done", …}` or `{"kind": "failed", "error": …, "message": …}`; the message says what to change.
`{"do": "stop"}` ends a child, and so does the end of its stdin: a child never outlives its parent by more than a step.

Parent's side, without any heavy import: child.py, python.py, axolotl.py. Both sides: jobs.py. All else is a child's.
"""
