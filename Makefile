# What a person types: `make run`, `make test`, `make lint`. Needs Python 3.11 or newer and the
# package registries; everything else is fetched. Repeated runs only do what has changed.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run install front test test-fast lint format doctor clean

# The newest Python that is new enough; `make PYTHON=/path/to/python run` chooses another.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
    "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
VENV := .venv
PY := $(VENV)/bin/python
TESTS ?= tests
PYTEST_ARGS ?=

help:
	@echo "make run       start everything on this machine (Ctrl-C stops it); ARGS=--no-demo-traffic, ARGS=--verbose"
	@echo "make test      lint, then all tests"
	@echo "make test-fast the tests without the linters; TESTS=tests/unit/ground chooses"
	@echo "make lint      ruff, mypy, the import rules"
	@echo "make format    let ruff put imports and lines in order"
	@echo "make doctor    what is missing on this machine, and every setting"
	@echo "make clean     remove what make made (not the state directory)"

# `exec`, and the id of this make: when make is killed, everything it started ends with it.
run: $(VENV)/.run front
	@exec $(PY) -m app --parent=$$PPID run $(ARGS)

install: $(VENV)/.run front

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found. Install it (Debian: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Making the virtual environment with $(PYTHON) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The virtual environment could not be made. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.run: requirements.txt $(VENV)/.made
	@echo "Installing what the product runs on (about a minute the first time) …"
	@$(PY) -m pip install -q --disable-pip-version-check -r requirements.txt || { echo "pip could not install requirements.txt; its last lines above say why (usually the network)." >&2; exit 1; }
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "Installing what the tests and linters need …"
	@$(PY) -m pip install -q --disable-pip-version-check -r requirements-dev.txt || { echo "pip could not install requirements-dev.txt; its last lines above say why (usually the network)." >&2; exit 1; }
	@touch $@

front: $(VENV)/.run
	@$(PY) tools/front.py

# The tests also run when the linters complain, so that one look shows everything.
test: $(VENV)/.dev front
	@lint=0; $(MAKE) --no-print-directory lint || lint=1; \
	$(PY) -m pytest $(TESTS) $(PYTEST_ARGS); code=$$?; \
	if [ $$lint -ne 0 ]; then echo "The linters complained, see above the tests." >&2; fi; \
	test $$code -eq 0 && test $$lint -eq 0

test-fast: $(VENV)/.dev front
	@$(PY) -m pytest $(TESTS) $(PYTEST_ARGS)

lint: $(VENV)/.dev front
	@bad=0; \
	echo "ruff …"; $(PY) -m ruff check . || bad=1; \
	echo "mypy …"; $(PY) -m mypy --strict app/core esl app/config.py app/supervisor || bad=1; \
	echo "import rules …"; $(PY) -m pytest -q --no-header tests/unit/test_import_rules.py || bad=1; \
	exit $$bad

format: $(VENV)/.dev
	@$(PY) -m ruff check --select I --fix -q . ; $(PY) -m ruff format .

doctor: $(VENV)/.run
	@$(PY) -m app doctor

clean:
	rm -rf $(VENV) node_modules admin_ui/static/dist agent_ui/static/dist .mypy_cache .ruff_cache .hypothesis
