PYTHON ?= python3
BIN := .venv/bin
FLASK := $(BIN)/flask --app app
CATALOGUE := translations/zh/LC_MESSAGES/messages

.PHONY: help run test long lint fonts messages roles pictures clean

help:  ## List the targets
	@grep -hE "^[a-z]+:.*##" $(MAKEFILE_LIST) | sed -E "s/^([a-z]+):.*## (.*)/  make \1\t\2/" | expand -t 18

run: .venv/run $(CATALOGUE).mo  ## Serve the demo on 127.0.0.1:8000 (or PORT)
	@$(FLASK) start

# What is slow by nature: `make test` tries each of it too, but less often or on SQLite only.
LONG := tests/served/test_killed.py tests/shop/test_conservation.py \
	tests/shop/test_verify.py::test_the_report_is_of_one_moment \
	tests/points/test_merging.py::test_points_add_up_in_any_order \
	tests/duties/test_ladder.py tests/points/test_assessment_states.py \
	tests/points/test_booking.py::test_killed_between_any_two_statements_it_is_booked_whole_or_not_at_all \
	tests/duties/test_disputes.py::test_nobody_else_finds_a_word_of_it_anywhere \
	tests/duties/test_household_pages.py::test_nothing_of_it_is_on_any_page_of_theirs \
	tests/test_rules.py::test_every_page_opens_and_keeps_the_policy \
	tests/people/test_roles.py::test_who_is_let_in_where tests/shop/test_api_schema.py tests/test_demo.py

test: .venv/dev fonts $(CATALOGUE).mo  ## All tests, on SQLite and on PostgreSQL
	$(BIN)/pytest -n 2 --dist worksteal

long: .venv/dev fonts $(CATALOGUE).mo  ## Twenty kills, longer histories, and what does not hang on PostgreSQL on PostgreSQL too
	$(BIN)/pytest -n 2 --dist worksteal --long $(LONG)

lint: .venv/dev $(CATALOGUE).mo  ## Style, types and the architecture's layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

messages: .venv/dev  ## Take new words into the Chinese catalogue
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext --no-location --sort-output -o build/messages.pot .
	$(BIN)/pybabel -q update -i build/messages.pot -d translations -l zh -w 110 --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

roles: .venv/run $(CATALOGUE).mo  ## Write the table of roles and pages anew
	@$(FLASK) roles > docs/roles.md

pictures: .venv/dev fonts $(CATALOGUE).mo  ## Take the README's pictures of the running demo
	PYTHONPATH=. $(BIN)/python docs/pictures/make.py

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

%.mo: %.po .venv/run
	$(BIN)/pybabel -q compile -i $< -o $@ -l zh

clean:  ## Remove the environment and what was built; databases in instance/ stay
	rm -rf .venv build
