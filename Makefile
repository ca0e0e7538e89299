# Every target prepares what it needs by itself. PYTHON=/path/to/python3.12 chooses the interpreter.
.DEFAULT_GOAL := help
.PHONY: help run test test-sqlite test-mongodb lint bench bench-sessions lock clean

# The newest usable one; when there is none, the bootstrap says what is needed.
PYTHON ?= $(or $(shell for p in python3.13 python3.12 python3.11; do "$$p" -c "" 2>/dev/null && echo "$$p" && break; done),python3)
BOOTSTRAP = $(PYTHON) -m whatsapp_api.ops.bootstrap
BIN := .venv/bin

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '  make %-14s %s\n' "$$name" "$$text"; done

run: ## Start the whole platform on http://127.0.0.1:8000 (PORT, SANDBOX_PORT, DATA_DIR, DATABASE_URL, REDIS_URL change it)
	@$(BOOTSTRAP) run
	@$(BIN)/python -m whatsapp_api.ops.runner

test: test-sqlite test-mongodb ## Run all tests, on SQLite and then on a real MongoDB

test-sqlite: ## Run all tests on SQLite (ARGS="-k webhook" picks some)
	@$(BOOTSTRAP) test
	@$(BIN)/python -m pytest --database=sqlite $(ARGS)

test-mongodb: ## Run all tests on a real MongoDB that is started for them
	@$(BOOTSTRAP) test
	@$(BIN)/python -m pytest --database=mongodb $(ARGS)

lint: ## Check style, types and the direction of imports
	@$(BOOTSTRAP) test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: ## Measure throughput and latency on this machine
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.bench $(ARGS)

bench-sessions: ## Measure what 50 and 100 sessions cost on this machine
	@$(BOOTSTRAP) test
	@$(BIN)/python -m tests.bench.sessions $(ARGS)

lock: ## Pin requirements.txt and tests/requirements.txt anew from pyproject.toml
	@$(BOOTSTRAP) test
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra test -c requirements.txt pyproject.toml -o tests/requirements.txt

LOCK_OPTIONS := -q --no-header --no-emit-index-url --no-emit-find-links --python-version 3.11 --universal

clean: ## Remove the virtual environment and all caches; the data in var/ stays
	@rm -rf .venv .bootstrap.lock .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis tests/artifacts
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
