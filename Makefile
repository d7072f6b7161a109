# Everything sets itself up: Python 3.11+, git and make are all that is needed.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
TRAINERS ?= .venv-trainers
CONVERTER = INSCAPE_GGUF_LLAMA_CPP=$(CURDIR)/$(TRAINERS)/data/inscape/llama.cpp

.DEFAULT_GOAL := help
.PHONY: help demo demo-train test test-trainers lint types unit format sample docs templates bench clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 12

demo: $(VENV)/.base ## the whole road on the sample book, offline, into ./inscape-demo
	$(BIN)/inscape demo inscape-demo --fresh

demo-train: $(TRAINERS)/.ready ## from the companion's rows to a tiny model that answers, into ./inscape-demo-train
	$(CONVERTER) $(TRAINERS)/bin/inscape demo --train inscape-demo-train --fresh

test: lint types unit ## lint, types and the test suite

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/pytest -n 2

test-trainers: $(TRAINERS)/.ready ## the exports, in each trainer's own code (2.2 GB of packages)
	$(CONVERTER) AXOLOTL_DO_NOT_TRACK=1 HF_HUB_OFFLINE=1 $(TRAINERS)/bin/python -m pytest tests/trainers -p no:cacheprovider -o filterwarnings=default -W ignore

format: $(VENV)/.dev ## format the code and mend what lint can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

sample: $(VENV)/.dev ## typeset the sample book again
	$(BIN)/python scripts/typeset_sample.py

docs: $(VENV)/.dev ## write the generated parts of docs/ again, from real runs
	$(BIN)/python scripts/make_docs.py

templates: $(VENV)/.dev ## fetch the chat templates that trainers ship, for the tests and a page of docs/
	$(BIN)/python scripts/fetch_templates.py
	$(BIN)/python scripts/real_renderings.py
	$(BIN)/python scripts/what_the_model_sees.py

bench: $(VENV)/.dev ## start-up and size, beside llm and synthetic-data-kit
	$(BIN)/python benchmarks/startup.py

clean: ## remove what the targets above made
	rm -rf $(VENV) $(TRAINERS) inscape-demo inscape-demo-train .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "inscape needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@ $(VENV)/.base

# torch first, and by itself: what comes after must not change it. The second list without what it asks for: each of
# them wants other versions of the same libraries, and the parts under test run on these.
$(TRAINERS)/.ready: $(VENV)/bin/python tests/trainers/requirements.txt tests/trainers/no-deps.txt pyproject.toml
	$(PYTHON) -m venv --clear $(TRAINERS)
	$(TRAINERS)/bin/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(TRAINERS)/bin/pip install --quiet --disable-pip-version-check -r tests/trainers/requirements.txt -e .
	$(TRAINERS)/bin/pip install --quiet --disable-pip-version-check --no-deps -r tests/trainers/no-deps.txt
	XDG_DATA_HOME=$(CURDIR)/$(TRAINERS)/data $(TRAINERS)/bin/inscape gguf --fetch
	@touch $@
