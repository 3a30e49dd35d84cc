# make run    set up what is missing, then run the whole business on http://127.0.0.1:4000
# make test   set up what is missing, then run every test
# make help   the other targets

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
NODE   := $(shell command -v node 2>/dev/null)
SIDE_BY_SIDE := --numprocesses $(or $(JOBS),auto) --dist loadfile
NPM_CI := npm ci --no-audit --no-fund --loglevel=error
COMPILE := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet

.PHONY: run test test-full fuzz bench bench-routers check format setup setup-dev requirements clean help

run: setup  ## run the whole business in one process (PORT=4000)
	@$(BIN)/supergraph dev

test: setup-dev  ## run the tests, a file at a time on each core (JOBS=2)
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not full"

test-full: setup-dev  ## run the tests that take long too
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE)

fuzz: setup-dev  ## compare N random operations on random supergraphs with one graph in one piece (N=10000, SEED=1)
	@$(BIN)/python -m tests.fuzz --operations $(or $(N),10000) --seed $(or $(SEED),1)

bench: setup-dev  ## what operations cost the router, stage by stage: the shop's when they are new, others again and again
	@$(BIN)/python -m bench.stages
	@$(BIN)/python -m bench.hot

bench-routers: setup-dev  ## this router beside others from npm, which are installed outside of this folder (wrk is needed)
	@$(BIN)/python -m bench.routers

check: setup-dev  ## lint, types, layers
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/basedpyright
	@$(BIN)/lint-imports
	@$(if $(NODE),cd client && npm run --silent check,echo "the client is not checked: no Node")

format: setup-dev  ## format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

setup: $(VENV)/.installed client/dist/.built supergraph/server/graphiql/dist/.built  ## set up what `run` needs

setup-dev: setup $(VENV)/.installed-dev tests/oracles/node_modules/.installed tests/server/clients/node_modules/.installed  ## set up what `test` and `check` need

requirements:  ## pin the newest versions that pyproject.toml allows
	$(BIN)/$(COMPILE) --upgrade -o requirements.txt pyproject.toml
	$(BIN)/$(COMPILE) --upgrade --extra dev -o requirements-dev.txt pyproject.toml

clean:  ## remove what was built and installed; var/ with its data stays
	rm -rf $(VENV) build *.egg-info client/dist client/node_modules
	rm -rf tests/oracles/node_modules tests/server/clients/node_modules
	rm -rf supergraph/server/graphiql/dist supergraph/server/graphiql/node_modules

help:
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; PYTHON=... names one.")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "installing the router and the subgraphs"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "installing what the tests need"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# Without Node the API works all the same; these steps then say what is missing, and build nothing.
define build
	@cd $(1) && $(NPM_CI) && npm run --silent build -- --logLevel warn
	@touch $@
endef

define without_node
	@echo "Node 20 or newer was not found: $(1)"
endef

CLIENT_SOURCES   := $(shell find client -path '*/node_modules' -prune -o -path '*/dist' -prune -o -path '*/generated' -prune -o -type f -print 2>/dev/null)
GRAPHIQL_SOURCES := $(shell find supergraph/server/graphiql -path '*/node_modules' -prune -o -path '*/dist' -prune -o -type f -print 2>/dev/null)

ifdef NODE
client/dist/.built: $(CLIENT_SOURCES) schema/api.graphql
	@echo "building the client"
	$(call build,client)

supergraph/server/graphiql/dist/.built: $(GRAPHIQL_SOURCES)
	@echo "building GraphiQL"
	$(call build,supergraph/server/graphiql)

tests/oracles/node_modules/.installed: tests/oracles/package-lock.json
	@echo "installing the composers to compare with"
	@cd tests/oracles && $(NPM_CI)
	@touch $@

tests/server/clients/node_modules/.installed: tests/server/clients/package-lock.json
	@echo "installing the clients to be served"
	@cd tests/server/clients && $(NPM_CI)
	@touch $@
else
.PHONY: client/dist/.built supergraph/server/graphiql/dist/.built tests/oracles/node_modules/.installed
.PHONY: tests/server/clients/node_modules/.installed
client/dist/.built:
	$(call without_node,the shop at / is left out. The API works.)
supergraph/server/graphiql/dist/.built:
	$(call without_node,/graphql shows a simpler page in place of GraphiQL.)
tests/oracles/node_modules/.installed tests/server/clients/node_modules/.installed:
	$(call without_node,tests that need it are left out.)
endif
