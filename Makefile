# Orderkeeper. Everything a person or CI runs stands here.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup demo up test mutants check format bench bench-console pictures screens lock clean

help: ## Show what can be done here
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 15

setup: $(STAMP) ## Create .venv with the hashed lock

$(STAMP): requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

demo: setup ## Play sample orders through with simulated staff, then print a summary
	@$(BIN)/orders demo

up: setup ## Start everything on this machine
	@$(BIN)/orders up

test: setup ## Run the whole test suite
	@$(BIN)/python -m pytest -q -n 3 --dist loadscope --no-loadscope-reorder

mutants: setup ## Plant known bugs, each of which has to turn its test red (minutes; ARGS="words of its name")
	@$(BIN)/python -m tests.mutants $(ARGS)

check: setup ## Lint, format, types, architecture
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy .
	@$(BIN)/lint-imports --no-cache

format: setup ## Put the code into its one format
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: setup ## Measure orders beside workflows by hand (minutes; ARGS="--help")
	@$(BIN)/python -m bench $(ARGS)

bench-console: setup ## Measure the console's pages in a shop with 100,000 orders (minutes; ARGS="--help")
	@$(BIN)/python -m bench.console $(ARGS)

pictures: setup ## Draw the flows we ship into docs/flows
	@mkdir -p docs/flows
	@for file in config/flows/*.yaml; do \
	  case $$file in *.test.yaml) continue ;; esac; \
	  name=$$(basename $$file .yaml); $(BIN)/orders flow diagram $$name --out docs/flows/$$name.svg || exit 1; \
	done

screens: setup ## Take the pictures of the console in docs/screens (needs Chromium)
	@$(BIN)/python -m tests.e2e.screens

lock: ## Resolve the dependencies anew into requirements.txt
	@test -x $(BIN)/pip-compile || ($(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install --quiet pip-tools)
	@$(BIN)/pip-compile --quiet --upgrade --extra dev --generate-hashes --allow-unsafe --strip-extras \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header \
	  --output-file requirements.txt pyproject.toml

clean: ## Remove the virtual environment and the data folder
	@rm -rf $(VENV) var
