# make run    recognise the expression on the sample photograph (needs Python alone)
# make test   install what the tests need, then run them
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLE = $$($(BIN)/python -c "from mien.inference.sources import sample_photograph as s; print(s())")

.PHONY: install install-dev run test lint format clean

install: $(VENV)/.base
install-dev: $(VENV)/.dev

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@ $(VENV)/.base

run: install
	$(BIN)/mien predict "$(SAMPLE)" --annotate out --json out/faces.json

test: install-dev
	OMP_WAIT_POLICY=PASSIVE OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

# of scripts only: do the names and arguments exist that they use?
SCRIPTS := --allow-untyped-defs --allow-incomplete-defs --allow-untyped-calls --allow-any-generics \
	$(addprefix --disable-error-code=,arg-type call-overload return-value dict-item)

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy benchmarks $(SCRIPTS)

format: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) out dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
