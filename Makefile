# The commands of this house. Everything is in bootstrap.py; this file is for fingers that type «make».
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help install run test lint bench faults doctor demo bench-large figures messages lock

##@ Use it
run: ## Start the whole city on this machine (PORT=8000)
	@exec $(PYTHON) bootstrap.py run

demo: ## Add a believable past year of tickets (tickets=5000)
	@exec $(PYTHON) bootstrap.py demo $(if $(tickets),--tickets $(tickets))

doctor: ## Check this installation and say what to mend
	@exec $(PYTHON) bootstrap.py doctor

figures: ## Prove counted figures, damages and signed statements from the history, in one line
	@exec $(PYTHON) bootstrap.py figures

##@ Work on it
install: ## Make .venv and fetch all packages, without starting anything
	@exec $(PYTHON) bootstrap.py install

test: ## Run all tests (ARGS="-k routing", CHROMIUM=/path/to/chrome)
	@exec $(PYTHON) bootstrap.py test $(ARGS)

lint: ## Run ruff, mypy and the import contracts
	@exec $(PYTHON) bootstrap.py lint

messages: ## Gather the strings of code and templates into the five .po files
	@.venv/bin/pybabel -q extract -F babel.cfg -k _ -k ngettext:1,2 -k lazy_gettext -k _l -k later --no-location --sort-output -o messages.pot . && .venv/bin/pybabel -q update -i messages.pot -d service_desk/translations --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 110

lock: ## Pin every package by hash again
	@for group in "" dev; do .venv/bin/uv pip compile -q --universal --generate-hashes --python-version 3.11 pyproject.toml $${group:+--group $$group} -o requirements$${group:+-$$group}.lock; done

faults: ## Kill, freeze and cut what delivers messages, 20 random times each (FAULT_SEEDS=20, ARGS="-k _06_")
	@exec $(PYTHON) bootstrap.py faults $(ARGS)

bench: ## Measure speed against floors (only=NAME)
	@exec $(PYTHON) bootstrap.py bench $(if $(only),--only $(only))

bench-large: ## The same at ten million tickets: an hour and 60 GB the first time (times=100)
	@exec $(PYTHON) bootstrap.py bench-large $(if $(times),--times $(times))

help: ## Show this
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
