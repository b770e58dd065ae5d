# The commands of the project. Each sets up what it needs: Python 3.11 or newer and make suffice.

PYTHON ?= python3
PORT ?= 8000
ARGS ?=

BIN := .venv/bin
SETUP := $(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r

.PHONY: demo test test-all lint bench lock screenshots

demo: .venv/site.stamp  ## serve the demonstration account; PORT= chooses the port
	@$(BIN)/python manage.py demo --port $(PORT)

test: .venv/test.stamp  ## run the tests on SQLite and PostgreSQL; ARGS= goes to pytest
	@$(BIN)/python -m tests.run $(ARGS)

test-all: .venv/test.stamp  ## the same with the slow tests
	@$(BIN)/python -m tests.run -m "slow or not slow" $(ARGS)

lint: .venv/dev.stamp  ## style, types, templates and floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint --quiet --lint templates roles
	@$(BIN)/lint-imports

bench: .venv/test.stamp  ## measure
	@$(BIN)/python -m benchmarks $(ARGS)

screenshots: .venv/test.stamp  ## take pictures of the pages
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

# The locks are for every platform, and hold hashes but no address.
LOCK := build/lock/bin/uv pip compile pyproject.toml --quiet --extra site --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--no-annotate --no-header

lock: build/lock/bin/uv  ## write requirements/*.txt again; ARGS=--upgrade for newer versions
	@$(LOCK) --group dev -o requirements/dev.txt $(ARGS)
	@$(LOCK) --group test --constraint requirements/dev.txt -o requirements/test.txt $(ARGS)
	@$(LOCK) --constraint requirements/dev.txt -o requirements/site.txt $(ARGS)

build/lock/bin/uv:
	@$(PYTHON) -m venv build/lock
	@build/lock/bin/python -m pip install --quiet --quiet --disable-pip-version-check uv

# A stamp is as old as the requirements that were last installed from it.
.venv/%.stamp: requirements/%.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv
	@echo "Installing requirements/$*.txt"
	@$(SETUP) requirements/$*.txt
	@touch $@
