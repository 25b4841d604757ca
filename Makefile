# Everything is set up in .venv from a lock with hashes; nothing is installed elsewhere.

PYTHON ?= $(firstword $(foreach v,3.11 3.12 3.13 3.14,$(shell command -v python$(v) 2>/dev/null)) python3)
BIN := .venv/bin
# Byte code is written by whoever imports: pip would compile twice as much as is ever used.
PIP := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check
# The lock names everything. Without --no-deps, pip looks for newer ones and then refuses them.
FROM_LOCK := $(PIP) --no-deps --require-hashes -r
# Tests over sockets and processes mostly wait: four of them keep two cores busy.
WAITING := 4
# Whole bots, browsers, worlds of a seed: few tests that take long.
LONG := tests/e2e tests/simulation tests/fuzz tests/rehearsal_page tests/rehearsal_rtc
ARGS ?=
# Without byte code each process of the gate would compile all of the bot once more.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help rehearse serve test bench format format-check lint types contracts pages collected long short unit core diagnosis wire e2e crash delivery simulate fuzz secrets audit tables locks manifest clean

help: ## Show what there is to make
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

rehearse: .venv/rehearsal ## Play an incident on simulated Slack and Cohrtz, then let you play
	@$(BIN)/python -m bot rehearse $(ARGS)

serve: .venv/runtime ## Run the bot with the settings in .env
	@$(BIN)/python -m bot serve $(ARGS)

# The types take one core for as long as the core's tests take two: they share them.
test: .venv/dev ## The whole gate
	@$(MAKE) --no-print-directory format-check lint
	@$(MAKE) --no-print-directory -j3 types core collected contracts pages secrets audit
	@$(MAKE) --no-print-directory simulate
	@$(MAKE) --no-print-directory -j2 long short

bench: .venv/dev ## Print the speed table
	@$(BIN)/python benchmarks/run.py $(ARGS)

format: .venv/dev ## Format the code
	$(BIN)/ruff format .

format-check: .venv/dev
	$(BIN)/ruff format --check .

lint: .venv/dev ## Lint the code
	$(BIN)/ruff check .

types: .venv/dev ## Check the types
	$(BIN)/mypy

contracts: .venv/dev ## Check who imports whom
	$(BIN)/lint-imports

pages: .venv/runtime ## Lint the runbook pages
	$(BIN)/python -m bot lint

secrets: .venv/dev ## Look for secrets in the tree (tests/gate/triage.toml says what may stay)
	@$(BIN)/python -m tests.gate.secrets_scan

audit: .venv/dev ## Check locks, licences and what is installed; ONLINE=1 asks for advisories
	@$(BIN)/python -m tests.gate.audit $(if $(ONLINE),--online)

# Each process that runs tests would compile them all; the first to do so does it for all.
collected: .venv/dev
	@echo "pytest --collect-only"; $(BIN)/python -m pytest --collect-only -qq --ignore tests/core > /dev/null

# Side by side: each process collects all tests of its run, and to do so for the short ones
# takes it as long as a thousand of them.
long: .venv/dev ## Run the tests that take long, a few at a time
	$(BIN)/python -m pytest -n $(WAITING) -q $(LONG) $(ARGS)

short: .venv/dev ## Run all tests beside those and those of the core
	$(BIN)/python -m pytest -n auto -q --ignore tests/core $(addprefix --ignore ,$(LONG)) $(ARGS)

unit: .venv/dev ## Run the fast tests beside those of the core
	$(BIN)/python -m pytest -n auto -q -m "not wire and not e2e and not browser" --ignore tests/core $(ARGS)

core: .venv/dev ## Check that the tests of the core see every branch
	$(BIN)/python -m pytest -n auto -q tests/core --cov=bot/core --cov-branch \
	  --cov-report=term:skip-covered --cov-fail-under=100

diagnosis: .venv/dev ## Print what is proposed for the labelled incidents, against the truth
	@$(BIN)/python -m tests.diagnosis.table

wire: .venv/dev ## Run the tests over real sockets
	$(BIN)/python -m pytest -n $(WAITING) -q -m "wire" $(ARGS)

e2e: .venv/dev ## Run the end-to-end tests
	$(BIN)/python -m pytest -n $(WAITING) -q -m "e2e or browser" $(ARGS)

crash: .venv/dev ## Kill the bot before and after every write and every call of whole incidents
	@$(BIN)/python -m tests.e2e.deaths $(ARGS)

delivery: .venv/dev ## Lose, delay, repeat and reorder all that the bot sends and is sent
	@$(BIN)/python -m tests.e2e.weather $(ARGS)

fuzz: .venv/dev ## Try hostile cases without end (COUNT=, SEED=, TARGET=, CASE=)
	@$(BIN)/python -m tests.fuzz $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) \
	  $(if $(TARGET),--target $(TARGET)) $(if $(CASE),--case $(CASE))

simulate: .venv/dev ## Simulate whole worlds: SEED=n replays one, COUNT=n runs many from FIRST=n
	@$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--count $(or $(COUNT),500) \
	  --first $(or $(FIRST),0) $(if $(PROGRESS),--progress $(PROGRESS))) $(ARGS)

manifest: .venv/runtime ## Write deploy/slack-manifest.json
	$(BIN)/python -m bot manifest > deploy/slack-manifest.json

tables: .venv/dev ## Make the tables of the guards' grammar anew, after an update of cel-python
	PYTHONHASHSEED=0 $(BIN)/python -m tests.gate.cel_tables

locks: ## Make the locks anew (needs uv)
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 \
	  --extra install pyproject.toml -o requirements.lock
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 \
	  --extra install --extra probe --extra rehearsal -c requirements.lock pyproject.toml \
	  -o requirements-rehearsal.lock
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 \
	  --extra install --extra probe --extra rehearsal --extra dev -c requirements-rehearsal.lock \
	  pyproject.toml -o requirements-dev.lock

clean: ## Remove .venv and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "This needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/runtime: requirements.lock pyproject.toml | .venv/bin/python
	@test -e .venv/dev || echo "Setting up .venv (once) …"
	@$(FROM_LOCK) requirements.lock
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

.venv/rehearsal: requirements-rehearsal.lock | .venv/runtime
	@test -e .venv/dev || echo "Adding the rtc SDK and data channels (once) …"
	@$(FROM_LOCK) requirements-rehearsal.lock
	@touch $@

# Most of it is pip's reading of the index, on one core: two of it take half as long. What
# both locks have is installed by the first; the last finds all there, unless it was older.
.venv/dev: requirements-dev.lock requirements.lock | .venv/bin/python
	@test -e $@ || echo "Installing the tools for the gate (once) …"
	@$(MAKE) --no-print-directory -j2 .venv/runtime .venv/tools
	@$(FROM_LOCK) requirements-dev.lock
	@touch $@

.venv/tools: requirements-dev.lock requirements.lock | .venv/bin/python
	@awk 'NR == FNR { has[$$1]; next } /^[^ #]/ { twice = $$1 in has } !twice' \
	  requirements.lock requirements-dev.lock > $@.lock
	@$(FROM_LOCK) $@.lock
	@touch $@
