# `make demo` and `make test` need Python 3.11 or newer, make and a network; the rest is set up in
# .venv by itself. Another interpreter beside it: make test VENV=/tmp/py313 PYTHON=python3.13

VENV := .venv
export VENV
BIN := $(VENV)/bin
PROGRAM := $(VENV)/.program
DEV := $(VENV)/.dev
READY := $(VENV)/.ready

# make test TESTS=tests/cadence WORKERS=0 PYTEST_FLAGS="-k holiday --snapshot-update"
# make test CLOCK="2028-02-29 10:00 UTC", for the machine's clock of another day
TESTS ?= tests
# Three for two cores: much of what is tested is waiting, for a terminal, a lock, a question that
# arms; but each worker collects all the tests and lays its own floors, some eight seconds.
WORKERS ?= $(shell expr '(' 3 '*' "$$(getconf _NPROCESSORS_ONLN)" + 1 ')' / 2)
PYTEST_FLAGS ?=
CLOCK ?=
PYTEST := $(if $(CLOCK),scripts/at "$(CLOCK)") $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

# make demo ARGS="--leads 500"
ARGS ?=

.DELETE_ON_ERROR:
.NOTPARALLEL: # one venv, one installer
.DEFAULT_GOAL := help
.PHONY: help demo test check format faults bench build lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
		awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

# Nothing that stands in a .venv whose interpreter is gone (an upgrade, a moved home) counts.
ifeq ($(wildcard $(BIN)/python),)
$(shell rm -f $(PROGRAM) $(DEV))
endif

# A lock decides what is installed, pyproject.toml how leadtui itself is: an edited setting need not
# wait for both. What the tests need holds what the program needs, and nothing is taken away again.
$(PROGRAM): requirements.lock scripts/venv
	@scripts/venv deps
	@touch $@

$(DEV): requirements-dev.lock scripts/venv
	@scripts/venv deps dev
	@touch $(PROGRAM) $@

$(READY): $(PROGRAM) pyproject.toml
	@scripts/venv project
	@touch $@

demo: $(READY) ## a floor with sample leads, and the call block on it (without a terminal: a tour)
	@$(BIN)/leadtui demo $(ARGS)

test: $(DEV) $(READY) ## the tests, in parallel and in random order
	@$(PYTEST) $(PYTEST_FLAGS) $(TESTS)

check: $(DEV) $(READY) ## formatting, style, types and the directions of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(DEV) $(READY) ## format and fix what ruff can fix
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

faults: $(DEV) $(READY) ## the fault tests with all their rounds: kills, power cuts, full disks
	@if [ -n "$$(find tests/faults -name 'test_*.py' 2>/dev/null)" ]; then \
		LEADTUI_FAULT_ROUNDS=full $(PYTEST) --timeout 900 $(PYTEST_FLAGS) tests/faults; \
	else \
		echo "tests/faults holds no test yet"; \
	fi

bench: $(DEV) $(READY) ## what the README's performance table says, measured here
	@$(BIN)/python -m benchmarks $(ARGS)

build: $(DEV) $(READY) ## the sdist, and from it the wheel, in dist/
	@$(BIN)/python -m build --no-isolation

# What the demo needs is part of what the tests need, at the same versions.
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

lock: ## both locks anew from pyproject.toml (needs uv; LOCK_FLAGS=--upgrade for newer versions)
	@command -v uv >/dev/null || { echo "make lock needs uv" >&2; exit 1; }
	@$(COMPILE) $(LOCK_FLAGS) --all-extras --group dev \
		--output-file requirements-dev.lock pyproject.toml
	@$(COMPILE) $(LOCK_FLAGS) --extra letters --group build --constraint requirements-dev.lock \
		--no-annotate --output-file requirements.lock pyproject.toml

clean: ## remove .venv and everything the tools left behind
	@rm -rf .venv dist build htmlcov .coverage .coverage.* snapshot_report.html \
		.mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
