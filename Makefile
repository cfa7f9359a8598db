# `make` sets all up and freezes the site into build/; `make test` tests.
# All set-up is done once, in .venv (the project) and .tools (what sets it up),
# and again when a lock file changes. Nothing is written outside this folder.

# Which Python to make .venv with: a path, a command or a version such as 3.12.
PYTHON ?=
# How many tests run at once, which tests, and further words for pytest.
JOBS ?= 2
MARK ?= not slow and not browser
ARGS ?=

PY := .venv/bin/python
PIPENV := .tools/pipenv/bin/pipenv
NODE := .tools/browser

# pipenv is to use .venv, whatever environment the shell is in, and be brief.
export PIPENV_VENV_IN_PROJECT := 1
export PIPENV_IGNORE_VIRTUALENVS := 1
export PIPENV_VERBOSITY := -1
export PIPENV_NOSPIN := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: all setup freeze serve test test-all lint format types browser upstream bench \
	lock lock-check requirements wheel clean distclean help

all: freeze

help:
	@echo 'make            set up and freeze the site into build/'
	@echo 'make serve      preview it while you write'
	@echo 'make test       the tests, without the slow ones (ARGS="-k word" for pytest)'
	@echo 'make test-all   the slow ones too, as CI does'
	@echo 'make browser    the tests that need Chromium, Node.js and Java'
	@echo 'make upstream   the suites of Frozen-Flask, Python-Markdown and CommonMark'
	@echo 'make lint types ruff, mypy;  make format  ruff, changing files'
	@echo 'make bench      the benchmarks, against other generators'
	@echo 'make lock       newer versions into Pipfile.lock;  make wheel  a wheel in dist/'
	@echo 'make clean      what was frozen and cached;  make distclean  the set-up too'

$(PY):
	@python="$$(sh .ci/find-python $(PYTHON))" && echo "using $$python" && \
		"$$python" -m venv --clear .venv

# pipenv has an environment of its own, so that its packages never mix with ours.
.tools/pipenv/.done: .ci/pipenv.txt | $(PY)
	@mkdir -p .tools
	$(PY) -m venv --clear .tools/pipenv
	.tools/pipenv/bin/python -m pip install --quiet --require-hashes -r .ci/pipenv.txt
	@touch $@

.venv/.done: Pipfile.lock pyproject.toml .tools/pipenv/.done | $(PY)
	$(PIPENV) sync --dev
	@touch $@

$(NODE)/.done: tests/browser/package.json tests/browser/package-lock.json
	@mkdir -p $(NODE)
	cp tests/browser/package.json tests/browser/package-lock.json $(NODE)
	npm ci --prefix $(NODE) --ignore-scripts --no-audit --no-fund
	@touch $@

setup: .venv/.done

freeze: setup
	$(PY) freeze.py $(ARGS)

serve: setup
	.venv/bin/blasto serve $(ARGS)

test: setup
	$(PY) -m pytest -n $(JOBS) -m '$(MARK)' $(ARGS)

test-all: MARK := not browser
test-all: test

browser: setup $(NODE)/.done
	BLASTO_NODE_MODULES=$(CURDIR)/$(NODE)/node_modules \
		$(PY) -m pytest tests/browser -m browser $(ARGS)

upstream: setup
	$(PY) tests/upstream/run.py $(ARGS)
	$(PY) tests/upstream/markdown_suite.py --bodies 20
	$(PY) tests/upstream/commonmark_examples.py

lint: setup lock-check
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: setup
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: setup
	$(PY) -m mypy

bench: setup
	$(PY) benchmarks/run.py $(ARGS)

# Lock with the oldest Python there is: a newer one may choose what it cannot use.
lock: .tools/pipenv/.done
	$(PIPENV) lock --dev
	$(PY) .ci/lock.py

lock-check: setup
	$(PIPENV) verify
	$(PY) .ci/lock.py --check

# The locked packages of blasto itself with their hashes, for pip.
requirements: setup
	@$(PIPENV) requirements --hash | grep -v '^-'

wheel: setup
	rm -rf dist
	$(PY) -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	find build -mindepth 1 ! -name .gitignore -delete
	rm -rf .blasto dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path './.tools/*' -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv .tools
