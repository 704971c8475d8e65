# Quorate. `make help` lists the targets.
SHELL := /bin/sh
GO ?= go
TEMPL := $(GO) run -modfile=server/tools.mod github.com/a-h/templ/cmd/templ
STATICCHECK := $(GO) run -modfile=server/tools.mod honnef.co/go/tools/cmd/staticcheck

.DEFAULT_GOAL := help
.PHONY: help demo setup-demo build dev test test-go test-ts test-browser torture bench check generate pictures setup clean

help: ## Say what each target does
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup-demo build ## Install what is missing, build, and serve the product with a fictional partnership
	@bin/quorate demo

setup-demo:
	@.ci/setup demo

build: bin/quorate ## Build bin/quorate with its pages inside

test: setup build ## Run every test: Go on a real Postgres, TypeScript, and the browser with axe
	@.ci/test

test-go: setup frontend/dist/manifest.json ## Run the Go tests
	@.ci/test go

test-ts: frontend/node_modules/.installed ## Run the TypeScript tests and type checks
	@.ci/test ts

test-browser: setup build ## Run the browser tests
	@.ci/test browser

torture: setup frontend/dist/manifest.json ## Kill, freeze, fill and cut everything a meeting rests on, for about an hour
	@.ci/test torture

bench: setup build ## Print a line for each figure of speed, beside its bare limit
	@$(GO) run ./server/bench

dev: build ## Serve the demo, rebuilding when a file changes
	@.ci/dev

check: setup ## Formatting, vet, staticcheck and generated code
	@.ci/check

generate: ## Write the Go of the templ pages again
	@$(TEMPL) generate -path frontend

pictures: setup build ## Take the pictures of the guides in help again
	@cd frontend && npm run --silent pictures

setup: ## Install what the tests and the demo need, or say what is missing
	@.ci/setup

clean: ## Delete what was built
	rm -rf bin frontend/node_modules
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete

GO_FILES := $(shell find server panels agendas notify migrations frontend -name node_modules -prune -o \( -name '*.go' -o -name '*.sql' -o -name '*.txt' -o -name '*.html' -o -name '*.json' \) -print 2>/dev/null | grep -v -e package -e /dist/)
PAGE_FILES := $(shell find frontend/src frontend/public -type f 2>/dev/null) frontend/vite.config.ts frontend/package.json

bin/quorate: frontend/dist/manifest.json $(GO_FILES) go.mod go.sum
	$(GO) build -o $@ ./server

frontend/node_modules/.installed: frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

frontend/dist/manifest.json: frontend/node_modules/.installed $(PAGE_FILES)
	cd frontend && npm run --silent build
	@touch $@
