# Every target prepares what it needs by itself. PYTHON=/path/to/python3.12 chooses the interpreter.
.DEFAULT_GOAL := help
# Images of Python forbid to keep bytecode; then each of the hundreds of processes of a test run compiles all anew.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help loadtest production-check run test test-sqlite test-mongodb lint fuzz bench bench-broadcasts bench-history bench-sessions bench-faults bench-webhooks bench-permissions bench-bodies audit docs postman bench-websockets catalogue features lock clean

# The newest usable one; when there is none, the bootstrap says what is needed.
PYTHON ?= $(or $(shell for p in python3.13 python3.12 python3.11; do "$$p" -c "" 2>/dev/null && echo "$$p" && break; done),python3)
BOOTSTRAP = $(PYTHON) -m whatsapp_api.ops.bootstrap
BIN := .venv/bin
# All tests in several processes; those that ARGS picks in one, which starts sooner.
PYTEST = $(BIN)/python -m pytest $(if $(ARGS),,-n auto)

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

run: ## Start the whole platform on http://127.0.0.1:8000 (PORT, SANDBOX_PORT, DATA_DIR, DATABASE_URL, REDIS_URL change it)
	@$(BOOTSTRAP) run
	@$(BIN)/python -m whatsapp_api.ops.runner

test: test-sqlite test-mongodb ## Run all tests, on SQLite and then on a real MongoDB

test-sqlite: ## Run all tests on SQLite (ARGS="-k webhook" picks some)
	@$(BOOTSTRAP) test
	@$(PYTEST) --database=sqlite $(ARGS)

test-mongodb: ## Run all tests on a real MongoDB that is started for them
	@$(BOOTSTRAP) test
	@$(PYTEST) --database=mongodb $(ARGS)

lint: ## Check style, types and the direction of imports
	@$(BOOTSTRAP) test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fuzz: ## Send thousands of generated requests to the whole API and check every answer
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.fuzz $(ARGS)

features: ## Write docs/features.md from the providers' capabilities and the tests' marks
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.features

docs: ## Build the documentation as a web site in build/docs/html, with the REST reference; dead links are errors
	@$(BOOTSTRAP) docs
	@$(BIN)/python -m whatsapp_api.ops.site

postman: ## Write docs/postman.json from the OpenAPI document
	@$(BOOTSTRAP) run
	@$(BIN)/python -m whatsapp_api.ops.site postman

loadtest: ## Load a platform and write a report with charts (ARGS="--sessions 50 --sends 10 --seconds 300", --soak, --url)
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.load $(ARGS)

production-check: ## Follow the production guide: two servers, TLS, a rolling upgrade, the loss of a machine and of all
	@$(BOOTSTRAP) test
	@$(BIN)/python -m pytest -s -x --database=sqlite $(ARGS) tests/production/check.py

catalogue: ## Write the catalogue of events that the API serves from docs/events.md
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.event_catalogue

bench: ## Measure throughput and latency on this machine
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.bench $(ARGS)

bench-sessions: ## Measure what 50 and 100 sessions cost on this machine
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.bench.sessions $(ARGS)

bench-webhooks: ## Measure deliveries, and 10,000 of them while everything fails (ARGS="--scale 0.1")
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.bench.webhooks $(ARGS)

bench-websockets: ## Measure 500 WebSocket clients on one web process beside one, and one that drops at random
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.bench.websockets $(ARGS)

bench-faults: ## Kill, freeze and cut off workers with 30 sessions under traffic (ARGS="--database=mongodb")
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.bench.faults $(ARGS)

bench-broadcasts: ## Measure a broadcast to 100,000 (ARGS="--database mongodb --recipients 10000")
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.bench.broadcasts $(ARGS)

bench-history: ## Measure chat list, history and search over a million messages (ARGS="--database mongodb")
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.bench.history $(ARGS)

bench-permissions: ## Measure what permission checks and limits add to a send
	@$(BOOTSTRAP) test
	@$(BIN)/python -m pytest --database=sqlite $(ARGS) tests/bench/permissions.py

bench-bodies: ## Measure what sealed message bodies add (ARGS="--database=mongodb")
	@$(BOOTSTRAP) test
	@$(BIN)/python -m pytest $(ARGS) tests/bench/bodies.py

audit: ## Look for known weaknesses of the pinned dependencies (needs the internet: api.osv.dev)
	@$(BOOTSTRAP) test
	@.ci/audit --required

lock: ## Pin requirements.txt and those with extras anew from pyproject.toml
	@$(BOOTSTRAP) test
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra otel -c requirements.txt pyproject.toml -o requirements-otel.txt
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra test --extra otel -c requirements.txt pyproject.toml -o tests/requirements.txt
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra docs -c requirements.txt pyproject.toml -o docs/requirements.txt

LOCK_OPTIONS := -q --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 --universal

clean: ## Remove the virtual environment and all caches; the data in var/ stays
	@rm -rf .venv build .bootstrap.lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis tests/artifacts
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
