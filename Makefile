PYTHON ?= python3
BIN := .venv/bin
READER := build/static/zxing
FLASK := $(BIN)/flask --app app
CATALOGUE := translations/zh/LC_MESSAGES/messages
# Compiled once for all processes of the tests, also where the surroundings say otherwise.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test browser long torture bench growth lint fonts reader messages roles pictures icons lock audit clean

help:  ## List the targets
	@grep -hE "^[a-z]+:.*##" $(MAKEFILE_LIST) | sed -E "s/^([a-z]+):.*## (.*)/  make \1\t\2/" | expand -t 18

run: .venv/run $(CATALOGUE).mo reader  ## Serve the demo on 127.0.0.1:8000 (or PORT)
	@$(FLASK) start --demo

# What opens a real browser: a third of the time, so it is asked beside the rest.
BROWSER := tests/browser tests/test_pages.py

test: .venv/dev fonts reader $(CATALOGUE).mo  ## Tests: pages on SQLite, rules on one database by turns, races and the ledger on both
	$(BIN)/pytest -n 3 --dist worksteal $(BROWSER:%=--ignore=%)

browser: .venv/dev fonts reader $(CATALOGUE).mo  ## Tests in a real browser: the desk, the phone, keys, scanners, no network
	$(BIN)/pytest -n 3 --dist worksteal $(BROWSER)

long: .venv/dev fonts reader $(CATALOGUE).mo  ## What is left: pages on PostgreSQL, longer histories, files in LibreOffice (apt-get install libreoffice-calc)
	$(BIN)/pytest -n 2 --dist worksteal --long

torture: .venv/dev $(CATALOGUE).mo  ## Kill, fill and confuse it a thousand times: about half an hour (docs/reliability.md)
	$(BIN)/python -m tests.served.torture
	$(BIN)/python -m tests.served.torture.week
	$(BIN)/python -m tests.served.torture.outages

growth: .venv/dev fonts $(CATALOGUE).mo  ## Measure a county's machine work, and what grows with its years; ARGS="--transfers 1000000"
	PYTHONPATH=. $(BIN)/python -m bench.machine
	PYTHONPATH=. $(BIN)/python -m bench.growth $(ARGS)

lint: .venv/dev $(CATALOGUE).mo  ## Style, types and the architecture's layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

messages: .venv/dev  ## Take new words into the Chinese catalogue
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext -k lazy_ngettext:1,2 --no-location --sort-output -o build/messages.pot .
	$(BIN)/pybabel -q update -i build/messages.pot -d translations -l zh -w 110 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

roles: .venv/run $(CATALOGUE).mo  ## Write the table of roles and pages anew
	@$(FLASK) roles > docs/roles.md

bench: .venv/dev $(CATALOGUE).mo  ## Measure it, each figure beside a floor, on both databases; ARGS="redemption --seconds 2"
	PYTHONPATH=. $(BIN)/python -m bench $(ARGS)

pictures: .venv/dev fonts $(CATALOGUE).mo  ## Take the README's pictures of the running demo
	PYTHONPATH=. $(BIN)/python docs/pictures/make.py

icons: .venv/run  ## Draw the icons for telephones from static/mark.svg
	$(BIN)/python docs/pictures/icons.py

LOCK := $(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --custom-compile-command "make lock" pyproject.toml

lock: .venv/dev  ## Pin what pyproject.toml asks for, with the hashes of its files; ARGS=--upgrade for the newest
	$(LOCK) $(ARGS) -o requirements.txt
	$(LOCK) $(ARGS) -c requirements.txt --extra dev -o requirements-dev.txt

audit: .venv/dev  ## Known faults in what it runs on, and lists of all that (CycloneDX, build/sbom*.json)
	@mkdir -p build
	$(BIN)/uv tool run --from cyclonedx-bom==7.5.0 cyclonedx-py requirements --pyproject pyproject.toml --of JSON -o build/sbom.json requirements.txt
	$(BIN)/uv tool run pip-audit==2.10.1 --strict --disable-pip --require-hashes -r requirements.txt
	npm sbom --package-lock-only --sbom-format cyclonedx > build/sbom-npm.json
	npm audit --package-lock-only

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit("Aixin needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run: .venv/made requirements.txt
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev: .venv/run requirements-dev.txt
	$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

fonts: .venv/run  ## Cut the typefaces for print, once (about 20 s)
	@$(BIN)/python -c 'from ground.paper.fonts import make_fonts; make_fonts()'

reader:  ## Bring what reads codes in browsers that cannot by themselves, where there is npm; else the server reads
	@command -v npm >/dev/null && $(MAKE) -s $(READER) || echo "no reader of codes for browsers ($(READER)): the server reads what the camera sees"

$(READER): package.json package-lock.json
	mkdir -p build/npm && cp $^ build/npm
	npm ci --prefix build/npm --ignore-scripts --no-audit --no-fund --silent
	rm -rf $@ && mkdir -p $@/reader
	cd build/npm/node_modules/zxing-wasm && cp LICENSE dist/es/share.js $(CURDIR)/$@
	cd build/npm/node_modules/zxing-wasm/dist && cp es/reader/index.js reader/zxing_reader.wasm $(CURDIR)/$@/reader

%.mo: %.po .venv/run
	$(BIN)/pybabel -q compile -i $< -o $@ -l zh

clean:  ## Remove the environment and what was built; databases in instance/ stay
	rm -rf .venv build
