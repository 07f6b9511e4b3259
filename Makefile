# Needs only git, make and Python 3.11 or later, and `make vscode` Node.js 20 or later; everything else goes into folders in this one.

# The first python3 that is new enough. To choose another: make test PYTHON=/path/to/python3
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

PIP_INSTALL = bin/python -m pip install --quiet --disable-pip-version-check
SOURCES = $(shell find k8slint rules -type f -not -path '*/__pycache__/*')

.PHONY: help demo test coverage lint format docs bench mutants pack vscode clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 16

demo: .venv-demo/.installed ## lint a small shop that has seven mistakes
	@echo '$$ k8slint check examples/shop'
	@.venv-demo/bin/k8slint check examples/shop; status=$$?; \
	if [ $$status -ne 1 ]; then echo "k8slint found no mistake, or failed: exit $$status" >&2; exit 1; fi

test: .venv/.installed ## run the tests; make test ARGS=tests/rules for some
	.venv/bin/python -m pytest $(ARGS)

coverage: .venv/.installed ## run the tests, which takes them half as long again, and show what they reach
	.venv/bin/python -m pytest --cov --cov-report=term $(ARGS)

lint: .venv/.installed ## check style, formatting, types and the direction of imports
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

format: .venv/.installed ## let ruff sort imports, mend and format
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

docs: .venv/.installed ## write docs/rules and the JSON schemas from the rules
	.venv/bin/python scripts/build_docs.py

bench: .venv/.installed ## measure k8slint beside yamllint, and beside reading the YAML alone
	.venv/bin/python benchmarks/run.py

mutants: .venv/.installed ## change the code in small ways and see whether the tests notice
	.venv/bin/python scripts/mutants.py

pack: .venv-pack/.installed ## install examples/acme-pack, a pack of someone else's rules, and run its tests
	cd examples/acme-pack && ../../.venv-pack/bin/python -m pytest

vscode: .venv/.installed editors/vscode/node_modules/.package-lock.json ## build the extension for VS Code, test it against the server, package it
	cd editors/vscode && npm run build && npm run check && npm test && npm run package

clean: ## remove the virtual environments and caches
	rm -rf editors/vscode/node_modules editors/vscode/out
	rm -rf .venv .venv-demo .venv-pack .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage build dist

.venv/.installed: pyproject.toml
	$(call environment,.venv)
	.venv/$(PIP_INSTALL) --editable '.[dev]'
	@touch $@

# npm leaves this file behind when it is done.
editors/vscode/node_modules/.package-lock.json: editors/vscode/package.json editors/vscode/package-lock.json
	cd editors/vscode && npm ci
	@touch $@

# The demo and the example pack use k8slint as its users do: built and installed, not from the source tree.
.venv-demo/.installed: pyproject.toml $(SOURCES)
	$(call environment,.venv-demo)
	.venv-demo/$(PIP_INSTALL) .
	@touch $@

.venv-pack/.installed: pyproject.toml $(SOURCES) $(wildcard examples/acme-pack/pyproject.toml)
	$(call environment,.venv-pack)
	.venv-pack/$(PIP_INSTALL) . --editable examples/acme-pack 'pytest>=8.3'
	@touch $@

define environment
	$(if $(PYTHON),,$(error no Python 3.11 or later found; name one with PYTHON=/path/to/python3))
	@test -x $(1)/bin/python || "$(PYTHON)" -m venv $(1)
endef
