# Spyglass: the only developer entry point. `make` prints what each target does.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.spyglass

.DEFAULT_GOAL := help
.PHONY: help setup run test test-all compat faults fuzz bench check fix docs migration wheel clean

## help: this list
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

$(STAMP): pyproject.toml
	@test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Python cannot make an environment here; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "installing dependencies into $(VENV) (about a minute the first time)"
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $(STAMP)

## setup: make and fill .venv
setup: $(STAMP)

## run: start Spyglass on http://127.0.0.1:3000 (data in ./data)
run: setup
	@$(BIN)/spyglass serve $(ARGS)

## test: the test suite, without the long campaigns
test: setup
	@$(BIN)/python -m pytest tests -m "not compat and not faults and not bench" -n 2 --dist loadfile $(ARGS)

## test-all: the test suite and every campaign
test-all: test compat faults

## compat: drive the real clients against a live server (each in a cached environment)
compat: setup
	@$(BIN)/python -m pytest tests/compat -m compat $(ARGS)

## faults: kill, restart, compare with the clients' history
faults: setup
	@$(BIN)/python -m pytest tests/faults -m faults $(ARGS)

## fuzz: made-up requests of every operation of openapi.json, many more than the suite asks (about half an hour)
fuzz: setup
	@$(BIN)/python -m pytest tests/api/test_fuzz.py --hypothesis-profile=fuzz $(ARGS)

## bench: throughput, latency, memory and disk beside peers, then questions about a million observations
bench: setup
	@$(BIN)/python -m tests.bench $(ARGS)

## check: lint, format, types, layers, dependencies, budgets
check: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry src
	@$(BIN)/python tools/rules.py
	@$(BIN)/python tools/shape.py

## fix: apply what lint and format can repair
fix: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

## docs: regenerate docs/reference and openapi.json
docs: setup
	@$(BIN)/python tools/reference.py

## migration: a new metadata revision, name=...
migration: setup
	@$(BIN)/python tools/migration.py "$(name)"

## wheel: build the package
wheel: setup
	@$(BIN)/pip wheel --quiet --no-deps -w dist .

## clean: remove what was built, not your data
clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache
