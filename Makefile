# Every target builds .venv first if it is missing or out of date.
#   make test                          the fast tests
#   make PYTHON=/path/to/python test   with this interpreter
#   make WORKERS=4 test                with more test processes

.DEFAULT_GOAL := help
SHELL   := /bin/sh
VENV    := .venv
BIN     := $(VENV)/bin
WORKERS ?= 2
# `make test SHIFT=1000` adds 1000 to every seed of a sampler: other trajectories, the same tests.
SHIFT   ?= 0
# Files as a whole, for what their tests share; not the files of fewest tests last, which are those
# that run for longest.
DIST    := --dist loadfile --no-loadscope-reorder
# Extras of the two layers: `make test` does not install what only the documentation needs.
BASE_EXTRAS := test,cli
DOCS_EXTRAS := $(BASE_EXTRAS),docs
BASE_STAMP  := $(VENV)/.stamp-base
DOCS_STAMP  := $(VENV)/.stamp-docs

# The candidates are run, not looked up: a version manager's shim can exist and still fail.
# ensurepip: without it no virtual environment with pip can be made.
IS_USABLE := -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
ifeq ($(origin PYTHON),undefined)
PYTHON := $(shell for p in python3.13 python3.14 python3.12 python3 python; do \
  $$p $(IS_USABLE) && { echo $$p; break; }; done)
endif
PRINT_VERSION = import sys; print("%d.%d" % sys.version_info[:2])

# An environment serves one Python version and one location (it holds absolute paths). When either
# differs from the one recorded in it, or its interpreter does not run, it is made again.
WANTED := $(shell $(or $(PYTHON),false) -c '$(PRINT_VERSION)' 2>/dev/null) $(CURDIR)
ACTUAL := $(shell $(BIN)/python -c '$(PRINT_VERSION)' 2>/dev/null) $(shell cat $(VENV)/.location 2>/dev/null)

.PHONY: help venv demo test test-slow lint docs bench bench-classics bench-regimes constraints clean FORCE

help:
	@echo "make demo           run examples/demo.py"
	@echo "make test           fast tests; make test SHIFT=1000: with other seeds of every sampler"
	@echo "make test-slow      tests that sample for long"
	@echo "make lint           ruff, mypy, repository review"
	@echo "make docs           HTML documentation in docs/_build/html"
	@echo "make bench          what the library costs: examples/bench_speed.py"
	@echo "make bench-classics models on public data, for hours; OPTIONS=--quick for minutes"
	@echo "make bench-regimes  parameterizations compared, for hours; OPTIONS=--quick for a minute"
	@echo "make constraints    write constraints.txt again, with the newest versions allowed"
	@echo "make clean          remove everything that these commands made, .venv included"

demo: $(BASE_STAMP)
	$(BIN)/python examples/demo.py

test: $(BASE_STAMP)
	$(BIN)/python -m pytest -q -n $(WORKERS) $(DIST) --shift $(SHIFT) -m "not slow"

test-slow: $(BASE_STAMP)
	$(BIN)/python -m pytest -q -n $(WORKERS) $(DIST) --shift $(SHIFT) -m slow

lint: $(BASE_STAMP)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy
	$(BIN)/python -m repo_review --show err .

docs: $(DOCS_STAMP)
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

bench: $(BASE_STAMP)
	$(BIN)/python examples/bench_speed.py

bench-classics: $(BASE_STAMP)
	cd examples && ../$(BIN)/python -m benchmarks.classics $(OPTIONS)

bench-regimes: $(BASE_STAMP)
	cd examples && ../$(BIN)/python -m benchmarks $(OPTIONS)

# Constraints only pin; what is installed is said in pyproject.toml. No index address is recorded.
constraints: $(VENV)/.location
	$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q pyproject.toml --all-extras --universal --python-version 3.12 \
	  --no-header --upgrade -o constraints.txt

venv: $(BASE_STAMP)

# $(call install,EXTRAS): with uv, which is quick; with pip if uv cannot be had or fails.
define install
@echo "Installing .[$(1)] into $(VENV)"
@$(BIN)/python -m pip install -q uv \
  && $(BIN)/uv pip install -q --python $(BIN)/python -c constraints.txt -e '.[$(1)]' \
  || { echo "uv did not work: installing with pip, which takes longer" >&2; \
       $(BIN)/python -m pip install -q -c constraints.txt -e '.[$(1)]'; }
@touch $@
endef

$(BASE_STAMP): $(VENV)/.location pyproject.toml constraints.txt
	$(call install,$(BASE_EXTRAS))

$(DOCS_STAMP): $(BASE_STAMP)
	$(call install,$(DOCS_EXTRAS))

ifneq ($(WANTED),$(ACTUAL))
$(VENV)/.location: FORCE
endif
$(VENV)/.location:
	@$(or $(PYTHON),false) $(IS_USABLE) || { \
	  echo "No usable Python >= 3.12 (with the venv and ensurepip modules) $(if $(PYTHON),in PYTHON=$(PYTHON),found)." >&2; \
	  echo "Install one, or name it: make PYTHON=/path/to/python $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)
	@printf '%s\n' '$(CURDIR)' > $@

clean:
	rm -rf $(VENV) build dist docs/_build docs/generated docs/.jupyter_cache \
	  .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find src tests examples docs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
