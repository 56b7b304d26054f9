# crossthink: `make blend BLEND=nemo_weighted` builds a blend, `make help` lists the rest.
BLEND ?= nemo_weighted
SOURCES ?= sample
LIMIT ?= 0
WORKERS ?= 0
TO ?= jsonl
DATA ?= data
CONFIG ?= tiny_cpu
SEEDS ?= 0
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)

CROSSTHINK = .venv/bin/crossthink
BUILT = --sources $(SOURCES) --data $(DATA) --limit $(LIMIT)
# Python's own byte code makes every later start faster; some environments switch it off.
export PYTHONDONTWRITEBYTECODE =

.PHONY: help setup blend plan explain report export publish train test test-train test-vllm check bench clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10
	@echo
	@echo "make train takes BLEND and SOURCES from its CONFIG, unless they are given; CONFIG=$(CONFIG) SEEDS=\"$(SEEDS)\""
	@echo "variables: BLEND=$(BLEND) SOURCES=$(SOURCES) LIMIT=$(LIMIT) WORKERS=$(WORKERS) DATA=$(DATA)"

setup: .venv/done  ## make .venv with the command .venv/bin/crossthink

.venv/done: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "crossthink needs Python 3.11 or newer on the PATH" >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "crossthink needs Python 3.11 or newer; name one with PYTHON=..." >&2; exit 2; }
	@echo "making .venv (once, a minute or two)"
	@"$(PYTHON)" -m venv .venv
	@.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --editable .
	@.venv/bin/python -m pipeline.match.compile_all
	@touch .venv/done

blend: setup  ## build BLEND from SOURCES (sample, hub, or a YAML source map)
	@$(CROSSTHINK) build $(BLEND) $(BUILT) --workers $(WORKERS)

plan: setup  ## say what a build would do, and which shares are feasible
	@$(CROSSTHINK) plan $(BLEND) $(BUILT)

explain: setup  ## tell the life of the row ID
	@$(CROSSTHINK) explain $(ID) --blend $(BLEND) $(BUILT)

report: setup  ## print the funnel of a built blend
	@$(CROSSTHINK) report $(BLEND) $(BUILT)

export: setup  ## write BLEND for another trainer: TO=trl, verl, open-instruct, nemo-gym, verifiers or jsonl
	@$(CROSSTHINK) export $(BLEND) --to $(TO) $(BUILT)

publish: blend  ## build BLEND, check it and publish it as REPO=org/name on the Hub (more options in FLAGS)
	@test -n "$(REPO)" || { echo "say where to: make publish BLEND=$(BLEND) REPO=org/name" >&2; exit 2; }
	@$(CROSSTHINK) publish $(BLEND) --repo $(REPO) $(BUILT) $(FLAGS)

train: .venv-train/done  ## train by GRPO as CONFIG says, a run for each of SEEDS (tiny_cpu: minutes on a CPU)
	@OMP_NUM_THREADS=$${OMP_NUM_THREADS:-1} .venv-train/bin/crossthink train $(CONFIG) --data $(DATA) --limit $(LIMIT) \
		$(foreach seed,$(SEEDS),--seed $(seed)) $(if $(filter command,$(origin BLEND)),--blend $(BLEND)) \
		$(if $(filter command,$(origin SOURCES)),--sources $(SOURCES))

test: setup  ## run the tests
	@.venv/bin/python -m pytest -q

test-vllm: .venv-vllm/done  ## run the engine tests on a real vLLM on the CPU (3 GB, its own .venv-vllm)
	@.venv-vllm/bin/python -m pytest -q -m vllm tests/llm tests/trainer

.venv-vllm/done: requirements-vllm.txt pyproject.toml
	@"$(PYTHON)" -m venv .venv-vllm
	@.venv-vllm/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-vllm.txt
	@.venv-vllm/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --editable .
	@touch .venv-vllm/done

test-train: .venv-train/done  ## run the tests of trainer and exports that need torch and TRL (its own .venv-train)
	@OMP_NUM_THREADS=1 .venv-train/bin/python -m pytest -q tests/trainer tests/export

.venv-train/done: requirements-train.txt pyproject.toml
	@echo "making .venv-train (once: torch and TRL, some minutes)"
	@"$(PYTHON)" -m venv .venv-train
	@.venv-train/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-train.txt
	@.venv-train/bin/python -m pip install --quiet --quiet --disable-pip-version-check torch==2.13.0
	@.venv-train/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --editable .
	@touch .venv-train/done

check: setup  ## lint, format, types, fast tests
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/python -m pytest -q -m "not slow"

bench: setup  ## measure the chain against the floor (benchmarks/README.md)
	@.venv/bin/python -m benchmarks.chain

clean:  ## remove what was built (steps and blends), keep .venv
	rm -rf $(DATA)/steps $(DATA)/blends
