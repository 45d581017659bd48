# Each target is one line of a tool's own command, after setting up what that tool needs.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
NODE_PARTS := spec/linters generated_client/typescript tools
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet --constraint constraints.txt

# Compiled modules are kept, or each of the programs that the tests start would compile them anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help serve test slow soak size dist lint format docs evidence client generators lock setup score beside mutation bench site pictures clean

help: ## list the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

serve: $(VENV)/.serve ## set up and serve the mock; ARGS="--port 0 --frozen" passes options
	@exec $(BIN)/tempolor mock $(ARGS)

test: setup lint $(VENV)/.postgresql ## set up, lint and run the tests but for the slow ones; ARGS="-k download" passes options
	@echo 'Left out here: tests marked slow (make slow), most client generators (make generators), the score of the contract tests (make score), speed (make bench).'
	$(BIN)/pytest -n 2 $(ARGS)

slow: setup $(VENV)/.postgresql $(VENV)/.team $(VENV)/.docs docs/site/node_modules/.done ## run the tests that install, build or drive something for long; ARGS as for test
	$(BIN)/pytest -n 2 -m slow $(ARGS)

soak: setup $(VENV)/.postgresql ## play a hundred rounds with three mocks on one PostgreSQL; takes half an hour
	TEMPOLOR_SOAK_ROUNDS=$${TEMPOLOR_SOAK_ROUNDS:-100} $(BIN)/pytest -n 0 -m slow mock_server/tests/store/test_replicas.py $(ARGS)

lint: setup ## formatting, style, types and import directions
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/mypy docs/site
	$(BIN)/lint-imports

size: setup ## weigh a plain install, made for it, beside its limit
	$(BIN)/python tools/size.py

dist: setup ## build, check and try what a release uploads, and print what that is
	$(BIN)/python tools/dist.py

site: setup $(VENV)/.docs docs/site/node_modules/.done ## build the documentation site into the folder site, and check it
	$(BIN)/python docs/site/build.py

pictures: setup ## make the pictures of README and site anew; needs Chromium
	$(BIN)/python docs/site/plots.py
	PYTHONPATH=contract_tests $(BIN)/python docs/site/pictures.py

format: setup ## bring the code into shape
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: setup ## write docs/answers.md (how to get each documented answer) and docs/revisions.md (what each revision changed)
	$(BIN)/python mock_server/tools/answers.py > docs/answers.md
	$(BIN)/python contract_tests/tools/revisions.py > docs/revisions.md

evidence: setup ## let the marks of readings fall that the live service has settled
	$(BIN)/python spec/tools/evidence.py apply

client: setup ## generate the clients from the document
	$(BIN)/python generated_client/python/tools/generate.py
	npm --prefix generated_client/typescript run --silent generate

# Languages of generated clients. Where apt-get is not to be had, what is missing is left out and named.
TOOLCHAINS := golang-go php-cli php-curl php-mbstring php-guzzlehttp-guzzle ruby ruby-typhoeus ruby-marcel cargo \
  librust-reqwest-dev librust-serde-derive-dev librust-serde-json-dev librust-serde-repr-dev librust-url-dev \
  librust-uuid-dev librust-chrono-dev librust-tokio-dev librust-tokio-util-dev

generators: setup spec/generators/node_modules/.done ## try other people's client generators, write docs/generated-clients.md
	-apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $(TOOLCHAINS)
	$(PIP) --editable '.[generators]'
	$(BIN)/python spec/generators/check.py --output docs/generated-clients.md

lock: ## pin the newest versions that fit pyproject.toml into constraints.txt
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --editable generated_client/python --editable '.[test,docs,generators]'
	$(BIN)/python -m pip freeze --exclude-editable > constraints.txt
	touch $(VENV)/.serve $(VENV)/.test $(VENV)/.docs

setup: $(VENV)/.test $(NODE_PARTS:=/node_modules/.done) ## install everything the tests need

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.serve: $(VENV)/bin/python pyproject.toml generated_client/python/pyproject.toml constraints.txt
	$(PIP) --editable generated_client/python --editable .
	@touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml generated_client/python/pyproject.toml constraints.txt
	$(PIP) --editable generated_client/python --editable '.[test]'
	@touch $@ $(VENV)/.serve

$(VENV)/.docs: $(VENV)/.test
	$(PIP) --editable '.[docs]'
	@touch $@

# The programs of a PostgreSQL, of which the tests start one of their own. Where they cannot be had, tests are skipped and
# say so.
$(VENV)/.postgresql: $(VENV)/bin/python
	@if [ -z "$$TEMPOLOR_TEST_POSTGRES" ] && ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends postgresql) >/dev/null 2>&1 || \
	  echo 'PostgreSQL not found, and not to be installed by this user: the tests of the PostgreSQL store will be skipped.'; \
	fi
	@touch $@

# nginx and Prometheus, before and beside mocks as a team runs them. Debian's packages start no services in a container.
$(VENV)/.team: $(VENV)/bin/python
	@if ! command -v nginx >/dev/null || ! command -v promtool >/dev/null; then \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends nginx-light prometheus) >/dev/null 2>&1 || \
	  echo 'nginx and Prometheus not found, and not to be installed by this user: the tests of deploy/ that need them will be skipped.'; \
	fi
	@touch $@

$(VENV)/.mutation: $(VENV)/.test
	$(PIP) --editable '.[mutation]'
	@touch $@

# Parts that are Node programs: the document's linters, the TypeScript client. Without Node their tests are skipped and
# say so.
%/node_modules/.done: %/package-lock.json
	@if node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)' 2>/dev/null; then \
	  npm --prefix $* ci --silent --no-audit --no-fund && npm --prefix $* run --silent --if-present build; \
	else \
	  echo 'Node 20 or newer not found: the tests of $* will be skipped.'; \
	  mkdir -p $*/node_modules; \
	fi
	@touch $@

beside: setup ## show each mutant's recording to Redocly's drift and to ours, and write docs/drift-beside-redocly.md
	cd contract_tests && ../$(BIN)/python -m broken.beside --output ../docs/drift-beside-redocly.md

score: setup ## play every mutant against the contract tests; takes some minutes
	cd contract_tests && ../$(BIN)/python -m broken.score
	$(BIN)/python docs/site/plots.py

mutation: $(VENV)/.mutation ## change the code in many places, count what its tests notice; ARGS="rules" names an area; takes hours
	$(BIN)/python tools/mutation/run.py $(ARGS)

bench: setup benchmarks/node_modules/.done ## measure the mock beside its peers; needs wrk, Node 20, Java 17 and PostgreSQL
	$(BIN)/python benchmarks/compare.py > benchmarks/RESULTS.md
	$(BIN)/python benchmarks/database.py >> benchmarks/RESULTS.md
	$(BIN)/python benchmarks/scale.py >> benchmarks/RESULTS.md
	$(BIN)/python benchmarks/check.py >> benchmarks/RESULTS.md
	$(BIN)/python benchmarks/files.py >> benchmarks/RESULTS.md
	$(BIN)/python docs/site/plots.py

clean: ## remove everything that was set up
	rm -rf $(VENV) site build $(NODE_PARTS:=/node_modules) docs/site/node_modules spec/generators/node_modules benchmarks/node_modules
