# run: set up and start Pantau; test: set up and pass the tests. The rest is for developing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: run test test-slow lint bench setup setup-dev setup-spark setup-bench

run: setup
	$(BIN)/python app.py $(ARGS)

test: lint
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadgroup $(ARGS)

test-slow: setup-spark
	$(BIN)/python -m pytest -m slow $(ARGS)

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup-bench
	$(BIN)/python -m benchmarks $(ARGS)

setup: $(VENV)/.ready
setup-dev: $(VENV)/.ready-dev
setup-spark: $(VENV)/.ready-spark
setup-bench: $(VENV)/.ready-bench

$(VENV)/.ready: requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.ready-dev: requirements.txt requirements-dev.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $(VENV)/.ready $@

$(VENV)/.ready-spark: $(VENV)/.ready-dev requirements-spark.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-spark.txt
	touch $@

$(VENV)/.ready-bench: $(VENV)/.ready-dev benchmarks/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r benchmarks/requirements.txt
	touch $@
