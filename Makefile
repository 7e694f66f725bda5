# Everything is done by `make run` and `make test`; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UPGRADE ?= --upgrade
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Whoever forbids Python to keep what it has compiled would have each of our many processes compile it all again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help run test bench bench-30k costs chaos soak lint setup lock clean

help:  ## List the targets
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: $(VENV)/.run  ## Start ReaderAI on this machine (PORT=8000; Ctrl-C stops it)
	@$(BIN)/python -m readerai.run

test: $(VENV)/.test  ## Run every check and every test, in a real browser too
	@CHROMIUM="$$($(BIN)/python -m tests.chromium)" && HAPROXY="$$($(BIN)/python -m tests.haproxy)" && \
		KUBECTL="$$($(BIN)/python -m tests.kubectl)" && CUSTOM_RESOURCES="$$($(BIN)/python -m tests.custom_resources)" && \
		PROMTOOL="$$($(BIN)/python -m tests.promtool)" && export CHROMIUM HAPROXY KUBECTL CUSTOM_RESOURCES PROMTOOL && \
		$(BIN)/python -m pytest -n 3 --dist loadgroup

bench: $(VENV)/.test  ## Measure the table of docs/performance.md (ARGS="--students 200 --seconds 10" for a quick look)
	@$(BIN)/python -m tests.proofs.bench $(ARGS)

bench-30k: $(VENV)/.test  ## Hold 30,000 live sessions on this machine for ten minutes, then cut all at once (ARGS="--students 5000 --soak 60")
	@$(BIN)/python -m tests.proofs.crowd $(ARGS)

costs: $(VENV)/.test  ## Measure what readerai/measured.py holds, and ask whether the capacity model is right
	@$(BIN)/python -m tests.proofs.costs $(ARGS)

chaos: $(VENV)/.test  ## Kill servers under 200 reading children; nothing may be lost (ARGS="--children 50 --seed 7")
	@HAPROXY="$$($(BIN)/python -m tests.haproxy)" && export HAPROXY && $(BIN)/python -m tests.proofs.chaos $(ARGS)

soak: $(VENV)/.test  ## Play 100,000 interleavings of a reading session beside its model, then fuzz (N=... SEED=...)
	@$(BIN)/python -m tests.proofs.soak $(if $(N),--interleavings $(N)) $(if $(SEED),--seed $(SEED))
	@$(BIN)/python -m tests.proofs.fuzz $(if $(N),--frames $(N)) $(if $(SEED),--seed $(SEED))

lint: $(VENV)/.test  ## Run the linter, the types of the pure cores and the import contracts
	@$(BIN)/python -m pytest -q tests/test_code.py

setup: $(VENV)/.run $(VENV)/.test  ## Install what `run` and `test` need

COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 --quiet --no-header --no-annotate

lock: $(VENV)/.test  ## Pin the newest versions that pyproject.toml allows, with hashes (UPGRADE= keeps today's)
	@$(PIP) uv
	@$(COMPILE) $(UPGRADE) pyproject.toml --output-file requirements.txt
	@$(COMPILE) $(UPGRADE) --group dev pyproject.toml --constraints requirements.txt --output-file requirements-dev.txt

clean:  ## Delete the environment and all data of this installation
	@test ! -e var/services.env || { echo "readerai: stop it first: var/ is in use" >&2; exit 1; }
	@rm -rf $(VENV) var

# The stamps are newer than the pins they were installed from, so that a second start installs nothing.
$(VENV)/.run: requirements.txt | $(BIN)/pip
	@echo "readerai: installing what it stands on"
	@$(PIP) --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-dev.txt | $(BIN)/pip
	@echo "readerai: installing what its tests stand on"
	@$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

$(BIN)/pip:
	@command -v "$(PYTHON)" >/dev/null || { echo \
		"readerai: $(PYTHON) was not found. Install Python 3.11 or newer, or name it: make run PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
		"readerai: Python 3.11 or newer is needed and $(PYTHON) is older. Name another: make run PYTHON=python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip' 2>/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
		apt-get -qq update && apt-get -qq install --yes python3-venv >/dev/null; } || { echo \
		"readerai: $(PYTHON) has no venv module. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV)
