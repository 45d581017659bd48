# Each target is one line of a tool's own command, after setting up what that tool needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

.PHONY: help serve test lint format docs lock setup bench clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

serve: $(VENV)/.serve ## set up and serve the mock; ARGS="--port 0 --frozen" passes options
	@exec $(BIN)/tempolor mock $(ARGS)

test: setup lint ## set up, lint and run every test; ARGS="-k download" passes options
	$(BIN)/pytest -n 2 $(ARGS)

lint: setup ## formatting, style, types and import directions
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## bring the code into shape
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: setup ## write docs/answers.md, which shows how to get each documented answer
	$(BIN)/python -m tempolor_mock.answers > docs/answers.md

lock: ## pin the newest versions that fit pyproject.toml into constraints.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --editable '.[test]'
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt
	touch $(VENV)/.serve $(VENV)/.test

setup: $(VENV)/.test spec/linters/node_modules/.done ## install everything the tests need

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.serve: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable .
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.serve

# The linters of the document are Node programs; without Node their tests are skipped and say so.
spec/linters/node_modules/.done: spec/linters/package-lock.json
	@if node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null; then \
	  npm --prefix spec/linters ci --silent --no-audit --no-fund; \
	else \
	  echo 'Node 20 or newer not found: the tests that lint the document with Redocly and Spectral will be skipped.'; \
	  mkdir -p spec/linters/node_modules; \
	fi
	@touch $@

bench: setup benchmarks/node_modules/.done ## measure the mock beside its peers; needs wrk, Node 20 and Java 17
	$(BIN)/python benchmarks/compare.py
	$(BIN)/python benchmarks/scale.py

benchmarks/node_modules/.done: benchmarks/package-lock.json
	npm --prefix benchmarks ci --silent
	@touch $@

clean: ## remove everything that was set up
	rm -rf $(VENV) */node_modules */*/node_modules
