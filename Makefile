# Spyglass: the only developer entry point. `make` prints what each target does.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.spyglass
# A field with a default is one that a request may leave out, and an answer too.
SCHEMA := node_modules/openapi-typescript/bin/cli.js ../openapi.json --default-non-nullable false -o src/api/schema.gen.ts

.DEFAULT_GOAL := help
.PHONY: help setup ui types run test test-all compat e2e accept faults fuzz bench check fix docs migration wheel clean

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

## ui: build the web UI, when its sources have changed (fetches a Node into .venv when the system has none)
ui: setup
	@$(BIN)/python tools/build_ui.py --install

## run: start Spyglass on http://127.0.0.1:3000 (data in ./data); UI=no starts without the web UI
run: setup $(if $(filter no,$(UI)),,ui)
	@$(BIN)/spyglass serve $(ARGS)

## types: the web UI's types of the API, from openapi.json
types: setup
	@$(BIN)/python tools/build_ui.py --node $(SCHEMA)

## test: the test suite, without the long campaigns
test: setup
	@$(BIN)/python tools/build_ui.py --node node_modules/vitest/vitest.mjs run
	@$(BIN)/python -m pytest tests -m "not compat and not e2e and not faults and not bench" -n 2 --dist loadfile $(ARGS)

## test-all: the test suite and every campaign
test-all: test compat e2e faults

## compat: drive the real clients against a live server (each in a cached environment)
compat: setup
	@$(BIN)/python -m pytest tests/compat -m compat $(ARGS)

## e2e: journeys of people in Debian's Chromium (apt-get install chromium), from an empty server on
e2e: setup ui
	@$(BIN)/python -m pytest tests/e2e -m e2e $(ARGS)

## accept: every screen in Debian's Chromium: pictures, accessibility, addresses, failures (report in build/accept)
accept: setup ui
	@$(BIN)/python -m tests.accept $(ARGS)

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
	@$(BIN)/python tools/build_ui.py --node $(SCHEMA) --check
	@$(BIN)/python tools/build_ui.py --node node_modules/oxlint/bin/oxlint
	@$(BIN)/python tools/build_ui.py --node node_modules/dependency-cruiser/bin/dependency-cruise.mjs src
	@$(BIN)/python tools/build_ui.py --node node_modules/typescript/bin/tsc --noEmit
	@$(BIN)/python tools/build_ui.py --node node_modules/prettier/bin/prettier.cjs --check --log-level=warn src tests

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

## wheel: build the package, with the web UI in it
wheel: setup
	@$(BIN)/pip wheel --quiet --no-deps -w dist .

## clean: remove what was built, not your data
clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache
