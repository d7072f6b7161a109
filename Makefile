# Everything sets itself up: Python 3.11+, git and make are all that is needed.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test lint types unit format sample docs bench clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 12

demo: $(VENV)/.base ## the whole road on the sample book, offline, into ./inscape-demo
	$(BIN)/inscape demo inscape-demo --fresh

test: lint types unit ## lint, types and the test suite

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/pytest -n 2

format: $(VENV)/.dev ## format the code and mend what lint can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

sample: $(VENV)/.dev ## typeset the sample book again
	$(BIN)/python scripts/typeset_sample.py

docs: $(VENV)/.dev ## write the generated parts of docs/ again, from real runs
	$(BIN)/python scripts/make_docs.py

bench: $(VENV)/.dev ## start-up and size, beside llm and synthetic-data-kit
	$(BIN)/python benchmarks/startup.py

clean: ## remove what the targets above made
	rm -rf $(VENV) inscape-demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "inscape needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.base
