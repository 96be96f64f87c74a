# run: the product on its samples   test: the whole suite   check: lint, types, layers, lock
# soak: a day of 1,000 feeds, then 20 minutes of chaos (SECONDS=1200 SEED=1)
# soak-compose: 20 minutes in containers that are killed, edited and cut off (SECONDS=1200 SEED=1)
# fuzz: hostile input, a minute for each kind (SECONDS=60, SEED= what it prints)   nightly: fuzz and soak
# bench: ratios side by side        fmt: format             lock: pin again after a change of pyproject.toml
.PHONY: run test check soak soak-compose fuzz nightly bench fmt lock clean
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin

run: $(VENV)/.run
	@exec $(BIN)/wirewatch run $(ARGS)

test: $(VENV)/.dev
	$(BIN)/pytest -n auto $(ARGS)

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/wirewatch check --config config
	$(BIN)/python scripts/audit.py requirements-dev.lock requirements-bench.lock
	@if docker compose version >/dev/null 2>&1; then docker compose config -q && echo "compose: ok"; else echo "compose: not installed, skipped"; fi
	@if command -v hadolint >/dev/null; then hadolint Dockerfile && echo "hadolint: ok"; else echo "hadolint: not installed, skipped"; fi

soak: $(VENV)/.dev
	$(BIN)/pytest -m soak
	cd tests/crash && PYTHONPATH=../integration:../e2e ../../$(BIN)/python chaos.py $(or $(SECONDS),1200) $(or $(SEED),1)

soak-compose: $(VENV)/.run
	cd tests/compose && PYTHONPATH=../integration:../.. ../../$(BIN)/python soak.py $(or $(SECONDS),1200) $(or $(SEED),1)

fuzz: $(VENV)/.dev
	FUZZ_SECONDS=$(or $(SECONDS),60) FUZZ_SEED=$(SEED) $(BIN)/pytest -m fuzz tests/fuzz -s

nightly: fuzz soak

# -P: a benchmark's folder is not searched for imports (benchmarks/queue.py is not Python's queue)
bench: $(VENV)/.bench
	@for f in benchmarks/*.py; do echo "== $$f"; $(BIN)/python -P $$f || exit 1; done

fmt: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --group bench -c requirements.lock -o requirements-bench.lock

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Wirewatch needs Python 3.11, 3.12 or 3.13 and found none. Say where it is: make PYTHON=/path/to/python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.made requirements.lock pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements-bench.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

clean:
	rm -rf $(VENV) .fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis
