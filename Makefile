# Every target sets up what it needs. Nothing here touches a cloud account but `make smoke` and `make models`.
# The requirements.txt files are complete locks, hence --no-deps; with dependencies pip 23 stumbles over their extras.
PYTHON ?= python3
BIN := .venv/bin
TRAINING := .venv-training/bin/python
UNIT := tests/unit
export PYTHONPATH := .:layers/common

.PHONY: help setup setup-sam setup-lint setup-audit setup-training test test-unit check format demo bench-path \
        bench-report bench-flood bench-secret build invoke stack smoke audit sbom models train evaluate export bench-model \
        fuzz lock clean
# With the SAM CLI, and in Docker: minutes, and targets of their own.
APART := tests/build tests/stack

help: ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: .venv/.done ## The environment to run, test and check everything
.venv/.done: requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.txt
	@# The layer is importable as in Lambda, also outside make: `.venv/bin/python -m local ...`
	echo "$(CURDIR)/layers/common" > $$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')/burnout.pth
	touch $@

setup-sam: .venv-sam/.done ## The SAM CLI, with the real Lambda runtime interface emulator
.venv-sam/.done: requirements-sam.txt
	$(PYTHON) -m venv .venv-sam
	.venv-sam/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-sam.txt
	touch $@

setup-lint: .venv-lint/.done ## What judges infra/ as AWS would: the SAM transform, cfn-lint, checkov
.venv-lint/.done: requirements-lint.txt
	$(PYTHON) -m venv .venv-lint
	.venv-lint/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-lint.txt
	touch $@

setup-audit: .venv-audit/.done ## pip-audit, and what writes the lists of contents
.venv-audit/.done: requirements-audit.txt
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-audit.txt
	touch $@

setup-training: .venv-training/.done ## torch and torchvision (3 GB to download)
.venv-training/.done: training/requirements.txt
	$(PYTHON) -m venv .venv-training
	.venv-training/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r training/requirements.txt
	touch $@

test: setup ## Every test but those of `make build` and `make stack`; training's where `make setup-training` was run
	$(BIN)/pytest tests $(APART:%=--ignore=%) --hypothesis-profile=thorough
	@if [ -f .venv-training/.done ]; then .venv-training/bin/pytest tests/training; fi

test-unit: setup ## The fast ones: no network, under a minute
	$(BIN)/pytest $(UNIT) -m "not long"

check: setup ## Lint, format, types, import direction
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/mypy layers/common/burnout functions local infra research
	@if [ -f .venv-training/.done ]; then .venv-training/bin/mypy training; fi
	$(BIN)/pytest -q tests/unit/test_import_direction.py

format: setup ## Rewrite the sources in the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

demo: setup ## A conversation through the whole local stack and four weeks of reports, in build/demo/
	$(BIN)/python -m local demo

bench-path: setup ## Photos through the local stack at a given rate: N=200 RATE=200 (photos a minute)
	$(BIN)/python -m local bench --photos $(or $(N),200) --per-minute $(or $(RATE),200)

bench-report: setup ## Weekly reports a second, memory, milliseconds a chart: N=60 people
	$(BIN)/python -m local bench-report --people $(or $(N),60)

bench-flood: setup ## A flood from one chat: N=100 photos of the others without it and with it
	$(BIN)/python -m local bench-flood --photos $(or $(N),100)

bench-secret: setup ## A flood with a wrong secret, beside updates that need no work: N=2000 requests of each kind
	$(BIN)/python -m local bench-secret --requests $(or $(N),2000)

build: setup setup-sam sbom ## What is deployed, without Docker: zips and layer, imported by Lambda's Python; its contents
	$(BIN)/pytest tests/build

stack: setup setup-sam ## The built functions in Docker: every golden event, a photo through the API, sizes and times
	$(BIN)/pytest tests/stack

invoke: need-F need-E setup setup-sam ## One function with one event in Docker: F=infer E=photo [FILE=selfie.jpg]
	@$(BIN)/python -m infra.stack invoke $(F) $(E) $(if $(FILE),--file $(FILE))

smoke: need-STACK setup ## Is a deployed stack well? STACK=burnout-prod [REGION=eu-west-1]; uses your AWS credentials
	@$(BIN)/python -m infra.smoke --stack $(STACK) $(if $(REGION),--region $(REGION))

audit: setup setup-audit ## Known vulnerabilities in every pin; REQUIRE=1 fails where the advisories cannot be asked
	$(BIN)/python -m infra.audit $(if $(REQUIRE),--require)

sbom: setup setup-audit ## What is inside each function, as CycloneDX, in build/sbom/
	$(BIN)/python -m infra.sbom

# `need-DATA` and so on: a variable that has no default, asked for before anything is installed.
need-%:
	@test -n "$($*)" || { echo "$* is missing: make $(MAKECMDGOALS) $*=...; make help says what it is" >&2; exit 1; }

models: need-REGISTRY need-MVP setup ## Served models from a registry, by sha256: REGISTRY=s3://bucket/prefix MVP=... [BASELINE=...]
	@$(BIN)/python -m training.publish $(REGISTRY) --fetch mvp $(MVP) $(if $(BASELINE),--fetch baseline $(BASELINE)) --out $(or $(OUT),functions/infer/models)

train: need-DATA need-RUN setup-training ## DATA=folder of both CSV files, RUN=folder of the run; goes on where RUN stopped
	OMP_WAIT_POLICY=PASSIVE $(TRAINING) -m training.train --data $(DATA) --out $(RUN) $(if $(wildcard $(RUN)/last.pt),--resume)

evaluate: need-DATA setup-training ## The served model's figures on PublicTest; MODEL=best.pt for another one
	$(TRAINING) -m training.evaluate --data $(DATA) --model $(or $(MODEL),functions/infer/models/mvp.onnx)

export: need-DATA need-RUN need-VERSION setup-training ## RUN's best.pt as mvp VERSION=x.y.z -> functions/infer/models, or OUT=another folder
	$(TRAINING) -m training.export --data $(DATA) --checkpoint $(RUN)/best.pt --version $(VERSION) --flip-average --int8 $(if $(OUT),--out $(OUT))

bench-model: need-DATA setup-training ## mvp, baseline, both in torch (CHECKPOINT=, BASELINE_CHECKPOINT=best.pt), PyPI's fer (FER_PYTHON=)
	$(TRAINING) -m training.bench --data $(DATA) $(if $(MODELS),--models $(MODELS)) $(if $(CHECKPOINT),--checkpoint $(CHECKPOINT)) \
	  $(if $(BASELINE_CHECKPOINT),--baseline-checkpoint $(BASELINE_CHECKPOINT)) $(if $(FER_PYTHON),--fer-python $(FER_PYTHON)) \
	  $(if $(FACES),--faces $(FACES)) $(if $(PHOTOS),--photos $(PHOTOS))

fuzz: setup .venv/.fuzz ## Hostile updates and photos for FUZZ_S=600 seconds; what fails is kept in build/fuzz/ (Linux)
	$(BIN)/python -m tests.fuzz types $$(($(or $(FUZZ_S),600) / 4))
	$(BIN)/python -m tests.fuzz bytes $$(($(or $(FUZZ_S),600) / 4))
	$(BIN)/python -m tests.fuzz photos $$(($(or $(FUZZ_S),600) / 2))
.venv/.fuzz: .venv/.done requirements-fuzz.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-fuzz.txt
	touch $@

lock: ## Compile every requirements.txt from its .in, with hashes
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes layers/common/requirements.in -o layers/common/requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes functions/infer/requirements.in -o functions/infer/requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes functions/report/requirements.in -o functions/report/requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements-dev.in -o requirements-dev.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements-sam.in -o requirements-sam.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements-lint.in -o requirements-lint.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements-audit.in -o requirements-audit.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements-fuzz.in -o requirements-fuzz.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes infra/stack/base/requirements.in -o infra/stack/base/requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes training/requirements.in -o training/requirements.txt

clean: ## Remove what was built; environments stay
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
