# Two commands on a fresh machine: `make search` finds a Pareto front, `make test` checks everything.
# Both make the virtual environment first when it is missing or older than what it is made from.

PYTHON ?= python3
ARGS ?= space=fusion
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Else every process would compile torch's and ray's sources anew, for seconds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup search test lint

search: $(STAMP)
	$(BIN)/python -m search.run $(ARGS)

# Two files at a time on one thread each: with a thread a core, two processes wait for each other most of the time.
# In their order, for files of few tests take longest here: at the end, one would run alone, or two Rays beside each other.
test: lint
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 20

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -n 2
	$(BIN)/lint-imports

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("want Python 3.11 or newer; give one with make PYTHON=...") if sys.version_info < (3, 11) else 0'
	# its newest pip, for the one that comes with Python 3.11 takes half a minute longer to find what goes together
	$(PYTHON) -m venv --upgrade-deps $(VENV)
	# torch first: it is by far the largest, and what follows must take the pinned one as it is
	# modules are compiled, and kept so, when they are first imported: most never are
	$(BIN)/python -m pip install --no-compile -c constraints.txt torch
	$(BIN)/python -m pip install --no-compile -c constraints.txt -e '.[dev]'
	touch $(STAMP)
