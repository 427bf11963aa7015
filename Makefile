# Each target does its own set-up, into .venv, and needs only make and Python 3.11 or newer.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run test test-live lint bench docs screenshots lock clean

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: .venv/.run  ## start the daemon with config.toml: the sandbox, as shipped
	@$(BIN)/amends run

test: .venv/.test  ## all tests that need no server of their own
	$(BIN)/pytest -q -n 2 -m "not live"

test-live: .venv/.test  ## the tests against real servers beside them
	tests/live_setup.sh
	$(BIN)/pytest -q -m live

lint: .venv/.test  ## formatting, rules, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.test  ## the figures that the documents report, in one run
	$(BIN)/python benchmarks/all.py

docs: .venv/.test  ## write the parts of the documents that code knows
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/picture.py

screenshots: .venv/.test  ## take the pictures of the desk in the README, in a real browser
	PYTHONPATH=tests $(BIN)/python docs/screenshots.py

lock: .venv/.test  ## choose versions anew and write their hashes
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:  ## remove what the targets above made
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Amends needs Python 3.11 or newer; name one with: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.run: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Setting up in .venv, once; with an empty package cache this takes some minutes."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test: requirements-dev.lock pyproject.toml | .venv/bin/python
	@echo "Setting up in .venv with what the tests need, once."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@ .venv/.run
