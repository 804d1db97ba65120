# make run starts the portal, make test proves it, make check is what CI runs. make help lists the rest.
# PORT, HOST, DATA_DIR, DEMO and every setting of portal/settings.py pass through the environment.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
# What an installation on the internet looks like; `check --deploy` looks at these settings.
DEPLOYED := env -u DATABASE_URL -u DEBUG SITE_URL=https://support.example.com DATA_DIR=$${TMPDIR:-/tmp}/portal-check \
	EMAIL_URL=smtp+tls://portal:secret@mail.example.com:587

.PHONY: help run setup setup-dev setup-e2e setup-bench test check format lint types templates migrations deployable lock bench pictures endure clean

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /	/' | while IFS='	' read -r name what; do printf '  make %-11s %s\n' "$$name" "$$what"; done

run: setup ## the portal with its worker and a demo, on http://127.0.0.1:8000 (PORT=, DATA_DIR=, DEMO=0)
	@exec $(MANAGE) run

setup: ## .venv with what the portal needs to run
	@bin/setup $(if $(DATABASE_URL)$(REDIS_URL),production,runtime)

setup-dev: ## .venv with what development and the tests need
	@bin/setup dev

setup-e2e: ## .venv with what the browser tests need
	@bin/setup dev e2e

setup-bench: ## .venv with the packages that the benchmark compares with
	@bin/setup dev bench

test: setup-dev ## the tests; SLOW=1 takes the slow ones, too, as CI does (ARGS="-k word" chooses)
	@exec $(BIN)/python -m pytest -n $(or $(WORKERS),2) $(ARGS)

check: setup-dev lint templates types migrations deployable test ## everything that CI checks

format: setup-dev ## puts the code into its form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: setup-dev ## form and rules of the code
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

templates: setup-dev ## rules of the templates
	@if [ -d templates ]; then $(BIN)/djlint --quiet --lint templates; fi

types: setup-dev ## types
	@$(BIN)/mypy .

migrations: setup-dev ## the migrations say what the models say
	@$(MANAGE) makemigrations --check --dry-run

deployable: setup-dev ## Django's deployment check, on settings as on the internet
	@$(DEPLOYED) $(MANAGE) check --deploy --fail-level WARNING

lock: ## the locks anew from requirements/*.in (ARGS=--upgrade takes newer versions)
	@bin/setup runtime
	@bin/lock $(ARGS)

bench: setup-bench ## the numbers: clock arithmetic and pages
	@exec $(BIN)/python -m benchmarks $(ARGS)

pictures: setup-e2e ## the README's pictures, taken from the running portal
	@exec $(MANAGE) pictures $(ARGS)

endure: setup-dev ## the figures of endurance, for hours (N=1 is what CI does, 50 the whole; SEED=)
	@exec $(BIN)/python -m benchmarks.endure $(if $(N),--times $(N)) $(if $(SEED),--seed $(SEED)) $(ARGS)

clean: ## removes what can be made again; the data in var/ stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis htmlcov .coverage var/static
