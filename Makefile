# Every target sets up what it needs. Nothing here touches a cloud account but `make smoke` and `make models`.
PYTHON ?= python3
BIN := .venv/bin
UV := .venv/bin/uv
TRAINING := .venv-training/bin/python
UNIT := tests/unit

.PHONY: help setup setup-selfhost setup-sam setup-lint setup-training test test-unit check format demo pictures bench-path \
        bench-report bench-flood bench-secret soak python313 build invoke aws-local stack smoke audit sbom models train evaluate photos export \
        bench-model \
        fuzz web web-check setup-browser browser lock clean
# With the SAM CLI, in Docker, and in a browser: minutes, and targets of their own.
APART := tests/build tests/stack tests/rehearsal tests/browser

help: ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

# $(call install,groups of uv.lock,what is said beforehand): the environment that the target lies in, by uv's hashes.
define install
	@echo "$(@D): $(2)"
	UV_PROJECT_ENVIRONMENT=$(@D) $(UV) sync --locked --python .venv/bin/python $(1)
	@touch $@
endef

setup: .venv/.done ## The environment to run, test and check everything
.venv/.done: uv.lock $(UV)
	$(call install,,290 MB to download and 900 MB on disk in a minute)

$(UV): uv.txt
	@echo "uv, which installs everything else: 25 MB to download"
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r uv.txt
	@touch $@

setup-selfhost: .venv-selfhost/.done ## What a bot on a machine of one's own needs, and no more
.venv-selfhost/.done: uv.lock $(UV)
	$(call install,--no-default-groups --group selfhost,140 MB to download and 450 MB on disk)

setup-sam: .venv-sam/.done ## The SAM CLI, with the real Lambda runtime interface emulator, and `aws`
.venv-sam/.done: uv.lock $(UV)
	$(call install,--only-group sam,80 MB to download and 380 MB on disk)

setup-lint: .venv-lint/.done ## What judges infra/ as AWS would: the SAM transform, cfn-lint, checkov
.venv-lint/.done: uv.lock $(UV)
	$(call install,--only-group lint,70 MB to download and 300 MB on disk)

setup-training: .venv-training/.done ## torch and torchvision
.venv-training/.done: uv.lock $(UV)
	$(call install,--no-default-groups --group training,3.2 GB to download and 5.3 GB on disk in some minutes)

test: setup ## Every test but those of `make build`, `make stack`, `make rehearse` and `make browser`; training's where `make setup-training` was run
	$(BIN)/pytest tests $(APART:%=--ignore=%) --hypothesis-profile=thorough --numprocesses=logical --dist=loadfile
	@if [ -f .venv-training/.done ]; then .venv-training/bin/pytest tests/training; fi

test-unit: setup ## The fast ones: no network, under a minute
	$(BIN)/pytest $(UNIT) -m "not long"

check: setup ## Lint, format, types, import direction
	$(BIN)/ruff check --no-cache .
	$(BIN)/ruff format --check .
	$(BIN)/mypy layers/common/burnout functions local selfhost infra research training/photos.py web/texts.py
	@if [ -f .venv-training/.done ]; then .venv-training/bin/mypy training --exclude training/photos.py; fi
	$(BIN)/pytest -q tests/unit/test_import_direction.py

format: setup ## Rewrite the sources in the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

demo: setup ## A conversation through the whole local stack, six weeks of three people, a week of five, in build/demo/
	$(BIN)/python -m local demo

pictures: setup ## The README's pictures anew, in docs/pictures/; the page's one as the last `make browser` left it
	$(BIN)/python -m local pictures

bench-path: setup ## Photos through the local stack at a given rate: N=200 RATE=200 (photos a minute)
	$(BIN)/python -m local bench --photos $(or $(N),200) --per-minute $(or $(RATE),200)

bench-report: setup ## Weekly reports a second, memory, milliseconds a chart: N=60 people
	$(BIN)/python -m local bench-report --people $(or $(N),60)

bench-flood: setup ## A flood from one chat: N=100 photos of the others without it and with it
	$(BIN)/python -m local bench-flood --photos $(or $(N),100)

bench-secret: setup ## A flood with a wrong secret, beside updates that need no work: N=2000 requests of each kind
	$(BIN)/python -m local bench-secret --requests $(or $(N),2000)

# In a mount namespace of its own, where that is allowed: only then is there a small disk to fill, and it goes with the run.
soak: setup ## Everything fails while photos come, and what held: MINUTES=10 RATE=1000 (photos a minute) SEED=1
	$$(unshare -rm true 2>/dev/null && echo unshare -rm) $(BIN)/python -m local soak \
	  --minutes $(or $(MINUTES),10) --rate $(or $(RATE),1000) --seed $(or $(SEED),1)

python313: # Lambda's own version, which `sam build` needs
	@.ci/python313 || echo "no Python 3.13: what needs it is skipped" >&2

build: setup setup-sam sbom python313 ## What is deployed, without Docker: zips and layer, imported by Lambda's Python; its contents
	$(BIN)/pytest tests/build

stack: setup setup-sam python313 ## The built functions in Docker: every golden event, a photo through the API, sizes and times
	.ci/with-docker $(BIN)/pytest tests/stack

invoke: need-F need-E setup-sam ## One function, after `sam build`, with one of tests/events in Docker: F=infer E=check
	@.ci/with-docker .venv-sam/bin/sam local invoke $(shell echo $(F) | sed 's/./\u&/')Function -e tests/events/$(F)_$(E).json

aws-local: setup setup-sam ## S3, secrets and a Telegram for `sam local`, until Ctrl-C; prints what to export [PHOTO=my.jpg]
	@.ci/with-docker $(BIN)/python -m infra.stack.aws_local $(if $(PHOTO),--photo $(PHOTO))

smoke: need-STACK setup ## Is a deployed stack well? STACK=burnout-prod [REGION=eu-west-1]; uses your AWS credentials
	@$(BIN)/python -m infra.smoke --stack $(STACK) $(if $(REGION),--region $(REGION))

.PHONY: rehearse
rehearse: setup setup-sam python313 ## The deployments of docs/operations.md, typed against a CloudFormation on this machine
	.ci/with-docker $(BIN)/pytest tests/rehearsal

audit: setup ## Known vulnerabilities of every package in uv.lock; REQUIRE=1 fails where they cannot be asked about
	$(BIN)/python -m infra.audit $(if $(REQUIRE),--require)

CONTENTS := $(UV) export --quiet --frozen --preview-features sbom-export --format cyclonedx1.5 --only-group layer
sbom: $(UV) ## What is inside each function, as CycloneDX, in build/sbom/
	@mkdir -p build/sbom
	$(CONTENTS) --output-file build/sbom/webhook.cdx.json
	$(CONTENTS) --output-file build/sbom/store.cdx.json
	$(CONTENTS) --output-file build/sbom/app.cdx.json
	$(CONTENTS) --only-group report --output-file build/sbom/report.cdx.json
	$(CONTENTS) --only-group infer --output-file build/sbom/infer.cdx.json

# `need-DATA` and so on: a variable that has no default, asked for before anything is installed.
need-%:
	@test -n "$($*)" || { echo "$* is missing: make $(MAKECMDGOALS) $*=...; make help says what it is" >&2; exit 1; }

models: need-REGISTRY need-MVP setup ## Served models from a registry, by sha256: REGISTRY=s3://bucket/prefix MVP=... [BASELINE=...]
	@$(BIN)/python -m training.publish $(REGISTRY) --fetch mvp $(MVP) $(if $(BASELINE),--fetch baseline $(BASELINE)) --out $(or $(OUT),functions/infer/models)

train: need-DATA need-RUN setup-training ## DATA=folder of both CSV files, RUN=folder of the run; goes on where RUN stopped
	OMP_WAIT_POLICY=PASSIVE $(TRAINING) -m training.train --data $(DATA) --out $(RUN) $(if $(wildcard $(RUN)/last.pt),--resume)

evaluate: need-DATA setup-training ## The served model's figures on PublicTest; MODEL=best.pt for another one
	$(TRAINING) -m training.evaluate --data $(DATA) --model $(or $(MODEL),functions/infer/models/mvp.onnx)

photos: need-DATA setup ## What people get for the labelled photos in DATA; MODEL=mvp.onnx, PEER=1, BESIDE=another checkout, JSON=file
	$(BIN)/python -m training.photos --data $(DATA) $(if $(MODEL),--model $(MODEL)) $(if $(PEER),--peer) \
	  $(if $(FER_PYTHON),--fer-python $(FER_PYTHON)) $(if $(BESIDE),--beside $(BESIDE)) $(if $(JSON),--json $(JSON))

export: need-DATA need-RUN need-VERSION setup-training ## RUN's best.pt as mvp VERSION=x.y.z -> functions/infer/models, or OUT=another folder
	$(TRAINING) -m training.export --data $(DATA) --checkpoint $(RUN)/best.pt --version $(VERSION) --flip-average --int8 --covered training/weights/covered.pt $(if $(OUT),--out $(OUT))

bench-model: need-DATA setup-training ## mvp, baseline, both in torch (CHECKPOINT=, BASELINE_CHECKPOINT=best.pt), PyPI's fer (FER_PYTHON=)
	$(TRAINING) -m training.bench --data $(DATA) $(if $(MODELS),--models $(MODELS)) $(if $(CHECKPOINT),--checkpoint $(CHECKPOINT)) \
	  $(if $(BASELINE_CHECKPOINT),--baseline-checkpoint $(BASELINE_CHECKPOINT)) $(if $(FER_PYTHON),--fer-python $(FER_PYTHON)) \
	  $(if $(FACES),--faces $(FACES)) $(if $(PHOTOS),--photos $(PHOTOS))

fuzz: setup .venv/.fuzz ## Hostile updates and photos for FUZZ_S=600 seconds; what fails is kept in build/fuzz/ (Linux)
	$(BIN)/python -m tests.fuzz types $$(($(or $(FUZZ_S),600) / 4))
	$(BIN)/python -m tests.fuzz bytes $$(($(or $(FUZZ_S),600) / 4))
	$(BIN)/python -m tests.fuzz photos $$(($(or $(FUZZ_S),600) / 2))
.venv/.fuzz: .venv/.done
	$(call install,--group fuzz --inexact,and what fuzzes: 30 MB to download)

# Built files are committed: nobody who runs the bot needs node. The same sources give the same bytes.
CHAT_PAGE := selfhost/chat/static
APP_PAGE := functions/app/static
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix web
web: setup-browser ## Both pages, from web/ into selfhost/chat/static and functions/app/static; TO=folder beside them
	$(BIN)/python -m web.texts
	PAGE=chat OUT="$(CURDIR)/$(TO)$(CHAT_PAGE)" $(NPM) run build
	PAGE=app OUT="$(CURDIR)/$(TO)$(APP_PAGE)" $(NPM) run build

web-check: ## Are the committed pages what their sources give?
	$(MAKE) web TO=build/web/
	@for page in $(CHAT_PAGE) $(APP_PAGE); do \
	  diff -r build/web/$$page $$page || { echo "run: make web, and commit $$page" >&2; exit 1; }; done

setup-browser: web/node_modules ## What builds the page and drives this machine's Chromium

browser: setup-browser ## The page in this machine's Chromium; screenshots in build/browser/
	$(BIN)/pytest tests/browser
web/node_modules: web/package-lock.json .venv/.browser
	$(NPM) ci --ignore-scripts --no-audit --no-fund
	@touch $@
.venv/.browser: .venv/.done
	$(call install,--group browser --inexact,and what builds the page and drives a browser: 90 MB to download and 400 MB on disk)

lock: $(UV) ## uv.lock from pyproject.toml, and out of it what is deployed or built with pip
	$(UV) lock
	$(UV) export --quiet --frozen --only-group layer --output-file layers/common/requirements.txt
	$(UV) export --quiet --frozen --only-group infer --output-file functions/infer/requirements.txt
	$(UV) export --quiet --frozen --only-group report --output-file functions/report/requirements.txt
	$(UV) export --quiet --frozen --only-group selfhost --output-file selfhost/requirements.txt
	$(UV) export --quiet --frozen --only-group base --output-file .ci/base/requirements.txt
	$(UV) export --quiet --frozen --only-group uv --output-file uv.txt

clean: ## Remove what was built; environments stay, and so does build/local: the data of a bot of one's own
	@if [ -d build ]; then find build -mindepth 1 -maxdepth 1 ! -name local -exec rm -rf {} +; fi
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
