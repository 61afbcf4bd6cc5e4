# Two commands to know: `make demo` and `make test`. `make` alone lists the rest.
SHELL := /bin/bash
VENV ?= .venv
PY := $(VENV)/bin/python
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
export PIP_DISABLE_PIP_VERSION_CHECK = 1
unexport PYTHONDONTWRITEBYTECODE # the suite starts hundreds of processes; compiling anew in each takes minutes
INSPECT ?= .venv-inspect
FUZZ ?= .venv-fuzz
ENGINES ?= .venv-engines

.PHONY: help devenv demo test inspect-test test-engines corpus-soak gate-alone fuzz fuzz-api coverage check fix docs serve lock clean
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

devenv: $(VENV)/.installed ## create .venv with everything, hashes checked

$(VENV)/.installed: requirements/dev.txt requirements/demo.txt pyproject.toml gate/pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "OpenBeian needs Python 3.11 or newer; install it or name one: make PYTHON=/path/to/python3.11" >&2; exit 3; }
	@test -x $(PY) || "$(PYTHON)" -m venv $(VENV)
	$(PY) -m pip install --quiet --require-hashes --no-deps -r requirements/dev.txt
	$(PY) -m pip install --quiet --require-hashes --no-deps -r requirements/demo.txt
	$(PY) -m pip install --quiet --no-deps --no-build-isolation -e gate -e .
	@touch $@

demo: devenv ## take two services through the whole life of a filing on a real model; HEADLESS=1 ends instead of serving
	$(BIN)/beian demo $(if $(HEADLESS),--headless)

test: devenv ## the whole suite; four workers, because two cores have time while tests wait
	$(PY) -m pytest -n 4 --dist loadscope --no-loadscope-reorder $(ARGS)

inspect-test: $(INSPECT)/.installed ## the tests that need Inspect, in an environment of their own (.venv-inspect)
	$(INSPECT)/bin/python -c 'import inspect_ai.log, openai'
	$(INSPECT)/bin/python -m pytest $(shell grep -rl --include='test_*.py' 'needs inspect_ai' tests) $(ARGS)

$(INSPECT)/.installed: requirements/inspect.txt pyproject.toml gate/pyproject.toml
	@test -x $(INSPECT)/bin/python || "$(PYTHON)" -m venv $(INSPECT)
	$(INSPECT)/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements/inspect.txt
	$(INSPECT)/bin/python -m pip install --quiet --no-deps --no-build-isolation -e gate -e .
	@touch $@

test-engines: $(ENGINES)/.installed ## the tests that need Ray, Spark (and Java 17), Dask or Rensa, in an environment of their own (.venv-engines)
	$(ENGINES)/bin/python -c 'import distributed, pyspark, ray, rensa'
	$(ENGINES)/bin/python -m pytest $(shell grep -rl --include='test_*.py' 'make test-engines' tests) $(ARGS)

$(ENGINES)/.installed: requirements/engines.txt pyproject.toml gate/pyproject.toml
	@test -x $(ENGINES)/bin/python || "$(PYTHON)" -m venv $(ENGINES)
	$(ENGINES)/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements/engines.txt
	$(ENGINES)/bin/python -m pip install --quiet --no-deps --no-build-isolation -e gate -e .
	@touch $@

corpus-soak: devenv ## scan SIZE=20 GB made in FOLDER=/somewhere by WORKERS=2 (TEXTS=corpus folder); what is made is removed again
	$(PY) benchmarks/corpus_soak.py $(or $(FOLDER),var) --size $(or $(SIZE),20) --workers $(or $(WORKERS),2) $(if $(TEXTS),--texts $(TEXTS)) --to docs/reference/corpus-soak.md $(ARGS)

gate-alone: devenv ## install the gate's wheel into an empty environment and let it work there
	$(PY) scripts/check_gate_wheel.py

fuzz: $(FUZZ)/.installed ## throw bytes at every parser of the gate, SECONDS=30 at each, in an environment of its own (.venv-fuzz)
	$(FUZZ)/bin/python scripts/fuzz_gate.py --seconds $(or $(SECONDS),30) $(ARGS)

fuzz-api: devenv $(FUZZ)/.schemathesis ## throw requests at every operation of the API of a filled portal on loopback (.venv-fuzz)
	$(PY) scripts/fuzz_api.py --schemathesis $(FUZZ)/bin/schemathesis $(ARGS)

$(FUZZ)/.schemathesis: $(FUZZ)/.installed
	$(FUZZ)/bin/python -m pip install --quiet --only-binary :all: 'schemathesis>=4'
	@touch $@

$(FUZZ)/.installed: requirements/gate.txt
	@test -x $(FUZZ)/bin/python || "$(PYTHON)" -m venv $(FUZZ)
	$(FUZZ)/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements/gate.txt
	$(FUZZ)/bin/python -m pip install --quiet --only-binary :all: 'atheris>=3'
	@touch $@

coverage: devenv ## the whole suite with coverage, held against the bars (slower)
	$(PY) -m pytest -n 2 --dist loadscope --no-loadscope-reorder --cov --cov-report=term $(ARGS)
	$(PY) scripts/coverage_bars.py

check: devenv ## every check; counts failures instead of stopping at the first
	@$(PY) scripts/check.py

fix: devenv ## mend what a machine can mend
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

docs: devenv ## write the generated pages of docs/reference
	$(PY) scripts/generate_docs.py

serve: devenv ## run the portal on an empty local database
	$(BIN)/beian serve

lock: devenv ## lock what pyproject.toml names (no registry address is written); UPGRADE=--upgrade takes the newest
	$(BIN)/python -m uv --version >/dev/null 2>&1 || $(PY) -m pip install --quiet uv
	$(PY) scripts/lock.py $(UPGRADE)

clean: ## remove what was built
	rm -rf $(VENV) $(INSPECT) $(FUZZ) $(ENGINES) .pytest_cache .mypy_cache .ruff_cache .coverage* build dist var
