# Nothing but Python 3.11+ and make is needed: every target installs what it uses into .venv,
# from the two locks, which pin each package by version and hash.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip install --disable-pip-version-check --no-input -qq
LOCKED := $(INSTALL) --require-hashes --only-binary :all:
SELF := $(INSTALL) --no-deps --no-build-isolation --editable .
DEMO := svx-demo.db
VIEWS := $(DEMO:.db=.views.db)
LOG := $(DEMO:.db=.log)
CODE := src tests $(wildcard benchmarks)
WORKERS ?= logical
# `make lock UPGRADE=--upgrade` takes the newest releases; without it the pins stay as they are.
COMPILE := pip compile --quiet --universal --python-version 3.11 --generate-hashes $(UPGRADE) \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

# The tests start hundreds of programs: without compiled modules each compiles them again.
unexport PYTHONDONTWRITEBYTECODE

.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: setup demo test check bench faults machine lock clean

setup: $(VENV)/runtime  ## install what the program needs
demo: $(VENV)/runtime  ## play the worked example into a ledger file
	@rm -rf $(DEMO) $(DEMO)-wal $(DEMO)-shm $(VIEWS) $(VIEWS)-wal $(VIEWS)-shm $(LOG)  # of an earlier demo: all in it is invented
	@$(PY) -m svx_ledger demo --ledger sqlite:///$(DEMO)
test: $(VENV)/dev  ## run the tests on every core (WORKERS=0: in one process)
	@$(PY) -m pytest -n $(WORKERS) --maxprocesses 8 --dist worksteal
check: $(VENV)/dev  ## lint, format, types, import direction, documentation
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy $(CODE)
	@$(VENV)/bin/lint-imports --no-logo
	@$(PY) -m pytest -q tests/test_docs.py
bench: $(VENV)/dev  ## measure the write path beside its raw side
	@$(PY) -m benchmarks
faults: $(VENV)/dev  ## kill, cut and starve the write path many times over
	@$(PY) -m tests.faults
	@$(PY) -m pytest -q -m faults tests/e2e tests/witness
machine: $(VENV)/dev  ## play any history on both stores and check every law (STEPS=1000000)
	@SVX_MACHINE_STEPS=$(or $(STEPS),1000000) $(PY) -m pytest -q -s tests/machine
clean:  ## remove everything that can be made again
	rm -rf $(VENV) $(DEMO)* $(VIEWS)* $(LOG) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis mutants
	find $(CODE) -type d -name __pycache__ -prune -exec rm -rf {} +

# Works from .venv where that is set up, else with a throw-away one, so the first lock needs only Python.
lock:  ## pin the dependencies of pyproject.toml again
	@set -e; uv=$(VENV)/bin/uv; \
	if ! [ -x "$$uv" ]; then \
		away=$$(mktemp -d); trap 'rm -rf "$$away"' EXIT; uv="$$away/bin/uv"; \
		$(PYTHON) -m venv "$$away"; \
		"$$away/bin/python" -m pip install --disable-pip-version-check --no-input -qq uv; \
	fi; \
	"$$uv" $(COMPILE) --group build --extra api --extra proofs pyproject.toml -o requirements.lock; \
	"$$uv" $(COMPILE) --group build --group dev --all-extras -c requirements.lock \
		pyproject.toml -o requirements-dev.lock; \
	if grep -nE '://|^ *--(index|extra-index|find-links|trusted-host)' requirements.lock requirements-dev.lock; \
	then echo "A lock names an index: it must hold only names, versions and hashes." >&2; exit 1; fi

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit("svx_ledger needs Python 3.11 or newer: make PYTHON=python3.11 ..." if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "The venv module is missing: on Debian or Ubuntu install python3-venv." >&2; exit 1; }
$(VENV)/runtime: requirements.lock pyproject.toml | $(PY)
	@echo "Installing the pinned packages into $(VENV) ..." >&2
	@$(LOCKED) --requirement requirements.lock
	@$(SELF)
	@touch $@
$(VENV)/dev: requirements-dev.lock $(VENV)/runtime
	@echo "Installing the pinned development packages into $(VENV) ..." >&2
	@$(LOCKED) --requirement requirements-dev.lock
	@touch $@
