# Attune. 'make' alone lists what there is.
SHELL := /bin/bash
GO ?= go
LINT_VERSION := v2.15.0
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
FILM ?=
OUT ?= out
# Where make run listens; port 0 is a free one.
ADDR ?= 127.0.0.1:0
# ONCE=1: make run ends when the draft reel is there.
ONCE ?=
# Recipes read them from the environment, so that any name is safe from the shell.
export FILM OUT ADDR ONCE

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## install what is needed (Debian 12 and 13), build bin/attune, try to fetch the face model
	@scripts/setup

# What pages bring to the browser, by npm and esbuild: anew when the sources or
# the versions in the lock changed.
ASSETS := internal/web/page/assets
NPM ?= npm
export NPM_CONFIG_UPDATE_NOTIFIER := false
BUNDLED := $(ASSETS)/dist/desk.js
INSTALLED := $(ASSETS)/node_modules/.package-lock.json

$(INSTALLED): $(ASSETS)/package-lock.json $(ASSETS)/package.json
	@cd $(ASSETS) && $(NPM) ci --no-audit --no-fund --loglevel error
	@touch $@

$(BUNDLED): $(INSTALLED) $(ASSETS)/build.mjs $(shell find $(ASSETS)/src)
	@cd $(ASSETS) && $(NPM) run --silent build

.PHONY: assets
assets: $(BUNDLED) ## bundle the scripts and styles of the pages

.PHONY: binary
binary: $(BUNDLED) # bin/attune alone, for scripts/setup
	@$(GO) build -ldflags '-X main.version=$(VERSION)' -o bin/attune ./cmd/attune

.PHONY: run
run: build ## start the service and send it a sample film, or FILM=path; Ctrl-C ends it, ONCE=1 too when the reel is there
	@scripts/run

.PHONY: gallery
gallery: assets ## serve every page in every state with canned data, to look at
	@CGO_ENABLED=0 $(GO) run ./cmd/gallery -addr "$$ADDR"

.PHONY: test
test: build ## run all tests, with the race detector
	@CGO_ENABLED=0 $(GO) build ./analysis ./jobs ./internal/...
	@$(GO) vet ./...
	@$(GO) test -race -timeout 40m ./... # a busy machine takes long over films of full size
	@$(GO) test -tags matprofile -run Mats ./analysis/observe

.PHONY: lint
lint: $(INSTALLED) ## run the linters, which hold the borders of the packages too
	@$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION) run ./...
	@cd $(ASSETS) && $(NPM) run --silent check

.PHONY: accuracy
accuracy: build ## how well it sees: tables against films whose truth is known
	@$(GO) run ./cmd/measure accuracy
	@$(GO) run ./cmd/measure stability

.PHONY: bench
bench: build ## how fast it is, beside the ffmpeg program on the same film
	@$(GO) run ./cmd/measure bench

.PHONY: memory
memory: build ## how much memory it takes: a film of 5 minutes beside one of an hour
	@$(GO) run ./cmd/measure memory

.PHONY: clean
clean: ## remove what was built and made here
	@rm -rf bin "$$OUT"
