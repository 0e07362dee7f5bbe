# Everyday commands. `make demo` and `make test` are all that most people need; both begin with
# `make setup`. Another interpreter: `make setup PYTHON=python3.13`.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.SHELLFLAGS := -eu -c
MAKEFLAGS += --no-print-directory

# Where images forbid bytecode files, each of the many processes would compile the libraries anew.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
STAMP := $(VENV)/.arengo
PACKAGES := $(wildcard plugins/*/pyproject.toml)

.PHONY: help setup demo test test-server check lint types imports schema docs dockerfile advisories \
	browser screenshots bench bench-costs bench-chaos lock clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' \
	  | while IFS='|' read -r name what; do printf '  make %-12s %s\n' "$$name" "$$what"; done

setup: $(STAMP) ## The environment in .venv, from requirements.lock
	@:

$(UV):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it: make setup PYTHON=/path/to/python3" >&2; exit 2; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is incomplete; on Debian and Ubuntu: apt install python3-venv" >&2; rm -rf $(VENV); exit 2; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

$(STAMP): requirements.lock pyproject.toml hatch_build.py $(PACKAGES) | $(UV)
	@echo "Installing what requirements.lock names"
	@$(UV) pip sync --quiet --python $(BIN)/python requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps -e . $(patsubst %/pyproject.toml,-e %,$(PACKAGES))
	@touch $@

demo: setup ## The whole product with data, on http://127.0.0.1:8000 (ARENGO_PORT, ARENGO_DATA_DIR)
	@exec $(BIN)/arengo demo $(DEMO)

test: setup ## The whole suite, browser tests too, on the embedded PostgreSQL
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

test-server: setup ## All that uses a database, on a server PostgreSQL whose owner is no superuser
	@$(BIN)/python scripts/test_server.py $(TESTS)

check: lint types imports schema docs dockerfile advisories ## All that can be judged without running the program

lint: setup
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .

types: setup
	@$(BIN)/basedpyright --level error

imports: setup
	@out=$$($(BIN)/lint-imports --no-cache --no-logo 2>&1) || { echo "$$out" >&2; exit 1; }

schema: setup
	@$(BIN)/arengo schema --check

docs: setup ## The documentation in docs/_build/html
	@$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html

dockerfile: setup
	@$(BIN)/hadolint docker/Dockerfile

advisories: setup ## Published advisories against what requirements.lock names
	@$(BIN)/python scripts/advisories.py

browser: setup ## A Chromium for the browser tests, where there is none
	@$(BIN)/python scripts/browser.py

screenshots: setup ## The pictures of README and docs, into docs/pictures
	@$(BIN)/python scripts/screenshots.py

bench: setup ## Load measurements: benchmarks/
	@$(BIN)/python -m benchmarks

bench-costs: setup ## How long the division of costs takes
	@$(BIN)/python -m benchmarks.costs $(BENCH)

bench-chaos: setup ## Checkouts beside a plugin that misbehaves
	@$(BIN)/python -m benchmarks.chaos

lock: $(UV) ## Bring requirements.lock to the newest versions that pyproject.toml allows
	@$(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header --upgrade --group dev pyproject.toml -o requirements.lock

clean: ## Remove what was built; data of demos stay
	@rm -rf $(VENV) docs/_build themes/arengo_themes/vendor test-results dist build .ruff_cache .pytest_cache
