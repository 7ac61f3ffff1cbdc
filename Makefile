# Two commands do all set-up on a machine with only Python 3.11+: `make run` and `make test`.

VENV    := .venv
BIN     := $(VENV)/bin
DATA    ?= forum-data
WORKERS ?= 2
PYTEST  ?=
BENCH   ?=
PIP     := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
PIP_TOOLS := pip-tools==7.6.2

# The first interpreter that is new enough and can make a virtual environment.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& echo "$$p" && break; done)

.DEFAULT_GOAL := help
.PHONY: help run test cooking-report roundtrip-report bench bench-growth check lint format types imports tests docs clean lock

help: ## Show these lines
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.run ## Start a forum on SQLite with demo content in ./forum-data
	@exec $(BIN)/tertulia run --data $(DATA)

test: check tests ## Everything CI checks: style, types, imports, the whole suite on both engines

check: lint types imports

lint: $(VENV)/.dev ## Style: ruff check and ruff format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev ## Let ruff correct what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev ## Types: mypy --strict over src
	$(BIN)/mypy --strict src

imports: $(VENV)/.dev ## Import contracts: who may import whom
	$(BIN)/lint-imports

tests: $(VENV)/.dev ## pytest only, on both engines; PYTEST="-k name" passes options
	$(BIN)/python -m pytest -n $(WORKERS) --forum-engine both $(PYTEST)

docs: $(VENV)/.dev ## Write again what is made from the code: reference pages, ledger, counts in the README
	$(BIN)/python docs/generate.py --write
	$(BIN)/python -m tertulia.cli.reference > docs/reference/cli.md
	$(BIN)/python -m tertulia.settings.reference > docs/reference/settings.md
	$(BIN)/python contract/tools/ledger.py --write

# ARCHIVE is a folder or tar.gz with `json/` and `raw/`; without it the first in TERTULIA_CORPUS/data.
ARCHIVE ?= $(firstword $(wildcard $(TERTULIA_CORPUS)/data/*.tar.gz))
cooking-report: $(VENV)/.dev ## Compare our HTML with a real forum's, post by post; ARCHIVE=path or TERTULIA_CORPUS
	@test -n "$(ARCHIVE)" || { echo "name an archive: make cooking-report ARCHIVE=forum.tar.gz" >&2; exit 2; }
	$(BIN)/python bench/cooking_report.py "$(ARCHIVE)" --workers $(WORKERS)

roundtrip-report: $(VENV)/.dev ## Import the sample in TERTULIA_CORPUS, compare what we answer with what the real forum did
	@test -n "$(TERTULIA_CORPUS)" || { echo "name the folder with data/: make roundtrip-report TERTULIA_CORPUS=..." >&2; exit 2; }
	TERTULIA_CORPUS="$(TERTULIA_CORPUS)" $(BIN)/python -m pytest -q -s --forum-engine sqlite \
		tests/stories/test_sample_readback.py

bench: $(VENV)/.run ## Measure what one core serves, beside its ceiling, into bench/report.md; BENCH="--seconds 5"
	@$(BIN)/python -m bench.serving $(BENCH)

# Half an hour for a million posts; GROWTH="--postgres postgresql://..." measures there as well, "--sizes 10k,1m,10m" more.
GROWTH ?=
bench-growth: $(VENV)/.dev ## Load 10 k, 100 k and 1 M posts, compare what each operation costs; writes bench/growth.md
	$(BIN)/python -m bench.growth $(GROWTH)

clean: ## Remove what these commands made, except forum-data
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The files name packages and hashes, and never where they came from.
COMPILE := .cache/lock/bin/pip-compile --quiet --generate-hashes --no-header --no-strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links

lock: ## Pin the newest versions of requirements/*.in, with hashes
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv .cache/lock
	.cache/lock/bin/python -m pip install --quiet --no-input $(PIP_TOOLS)
	$(COMPILE) --upgrade -o requirements/run.txt requirements/run.in
	$(COMPILE) --upgrade -o requirements/build.txt requirements/build.in
	$(COMPILE) --upgrade -o requirements/dev.txt requirements/dev.in

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer, with venv, is needed (on Debian: apt-get install" \
		"python3-venv); name another interpreter with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Each stamp is newer than the pins it was installed from.
$(VENV)/.run: requirements/run.txt requirements/build.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements/run.txt -r requirements/build.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@
