"""`python -m inscape` is `inscape`."""

from inscape.cli import main

main()
