# The few things that one does here. `make run` needs nothing but Python 3.11 or later with its venv module.

PYTHON ?= python3
BIN := .venv/bin
# most tests wait for a server or a process, not for the processor
JOBS ?= 4
UV_VERSION := 0.13.8
# what pip is told of each lock: these files and no others, each proven by its hash
PIP := $(BIN)/pip --disable-pip-version-check --quiet --require-virtualenv
LOCKED := --no-deps --require-hashes
COMPILE := .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

.PHONY: install install-dev run demo test check bench crash fuzz test-servers lock clean
.DELETE_ON_ERROR:

install: .venv/.run-stamp ;@:

install-dev: .venv/.dev-stamp ;@:

# the build tools come first, from a lock of their own: dkimpy exists only as source, and pip must not fetch unlocked tools to build it
.venv/.run-stamp: pyproject.toml requirements-build.lock requirements.lock
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("tkt needs Python 3.11 or later: make PYTHON=/path/to/python3 ...")'
	$(PYTHON) -m venv .venv
	$(PIP) install $(LOCKED) -r requirements-build.lock
	$(PIP) install $(LOCKED) --no-build-isolation -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev-stamp: .venv/.run-stamp requirements-dev.lock tests/requirements-suites.lock
	$(PIP) install $(LOCKED) --no-build-isolation -r requirements-dev.lock
	$(PIP) download $(LOCKED) --no-build-isolation --no-binary :all: -r tests/requirements-suites.lock -d .venv/suites
	@touch $@

run: install
	@exec $(BIN)/tkt run

demo: install
	@exec $(BIN)/tkt demo

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py tests/test_house.py

# where a machine tests us (CI=true), a missing server is a failure; on a person's machine its tests are skipped, and say which package they want
ifeq ($(CI),true)
test: export TKT_REQUIRE_SERVERS := 1
SERVERS := test-servers
endif
test: $(SERVERS) check
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist worksteal

bench: install-dev
	$(BIN)/python -m tests.bench

crash: install-dev
	$(BIN)/python -m tests.crash

# for so many seconds; without atheris (it has wheels for some Pythons only) it measures growth alone, and says so
fuzz: SECONDS := 180
fuzz: install-dev .venv/.fuzz-stamp
	$(BIN)/python -m tests.fuzz $(SECONDS)

.venv/.fuzz-stamp: .venv/.dev-stamp requirements-fuzz.lock
	-$(PIP) install $(LOCKED) -r requirements-fuzz.lock
	@touch $@

test-servers:
	tests/install-servers.sh

lock:
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/pip --disable-pip-version-check --quiet install uv==$(UV_VERSION)
	printf '%s\n' editables hatchling setuptools wheel | $(COMPILE) - -o requirements-build.lock
	$(COMPILE) pyproject.toml -c requirements-build.lock -o requirements.lock
	$(COMPILE) pyproject.toml -c requirements-build.lock -c requirements.lock --extra dev -o requirements-dev.lock
	printf '%s\n' 'atheris>=3,<3.1' | $(COMPILE) - -o requirements-fuzz.lock

clean:
	rm -rf .venv .fuzz dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
