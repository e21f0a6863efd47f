# Recado. `make run` and `make test` work on a bare clone with Go >= 1.21 and
# Node >= 20, also the second time: whatever else they need they install.

# go.mod names the Go version; this lets an older Go fetch it.
export GOTOOLCHAIN = auto

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  = -s -w -X main.version=$(VERSION)
BUILD    = CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/recado .

# What the web app is made of; the build is skipped where nothing changed.
UI_SOURCES = $(shell find ui -type f -not -path 'ui/node_modules/*' -not -path 'ui/e2e/*')

.PHONY: run build ui test lint test-go test-ui test-browser bench release tools generate clean

run: ui ## build everything and start on http://127.0.0.1:8090
	@$(BUILD)
	@exec ./bin/recado serve

build: ui ## a static binary with the web app in it: bin/recado
	$(BUILD)

ui: pb_public/index.html ## the web app and the widget, into pb_public

pb_public/index.html: ui/node_modules/.package-lock.json $(UI_SOURCES)
	cd ui && npm run --silent build
	@touch $@

ui/node_modules/.package-lock.json: ui/package-lock.json
	cd ui && npm ci --no-fund --no-audit
	@touch $@

test: tools lint test-ui test-go test-browser ## everything; .ci/run calls it

lint: ## formatting, vet, staticcheck
	@files=$$("$$(go env GOROOT)/bin/gofmt" -l $$(find . -name '*.go' -not -path './ui/*')); \
		if [ -n "$$files" ]; then echo "gofmt differs in: $$files"; exit 1; fi
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

test-ui: ui/node_modules/.package-lock.json ## types, lint, unit tests, build, size budget
	cd ui && npm run check

# The rooms are tested under the race detector, the rest without: the tests of
# collections, demo, reports and rehearsals are of data, a hundred times slower under it, and
# documents are read within a time; in the
# times and phrases of agenda and dialogue nothing runs at once; the root's tests are
# of the program. Of WhatsApp's room those are raced in which most happens at once: each
# link makes 812 keys, which takes half a minute under the detector. The races known of
# whatsmeow are left out by name (race-modfile.sh).
UNRACED = /(whatsapp|demo|reports|rehearsal|extract|slots|dialogue|ground|texts|hours)
RACED_WHATSAPP = ^Test(WritingToWhoIsWritingSpoilsNothing|ACutLosesAndDoublesNothing|EveryKindOfMessageIsShown)$$

test-go: ## all Go tests, the rooms' under the race detector; what vet finds is lint's
	@template=$$(mktemp -d) && routes=$$(mktemp -d) && trap 'rm -rf "$$template" "$$routes"' EXIT && \
		export RECADO_TEST_TEMPLATE="$$template" RECADO_TEST_ROUTES="$$routes" GOFLAGS=-vet=off && set -ex && \
		go test -count=1 ./hooks/recadotest && \
		go test -timeout 15m . ./collections/... ./bench/... ./migrations/... && \
		CGO_ENABLED=1 go test -race -timeout 20m $$(go list ./config/... ./hooks/... | grep -vE '$(UNRACED)') && \
		CGO_ENABLED=1 go test -race -modfile "$$(scripts/race-modfile.sh)" -timeout 10m -run '$(RACED_WHATSAPP)' ./hooks/channels/whatsapp && \
		go test -timeout 10m $$(go list ./hooks/... | grep -E '$(UNRACED)') && \
		RECADO_TEST_ROUTES_CALLED="$$routes" go test -run TestEveryRouteWasCalled ./hooks/openapi

test-browser: tools build ## the screens in a real browser against the real binary
	cd ui && npm run e2e

bench: build ## the figures of docs/benchmarks.md; ONLY=… measures the lines that match
	go run ./bench -only '$(ONLY)'

release: ## programs for every system with their checksums: dist/
	scripts/release.sh

tools: ## a C compiler (race detector) and Chromium (browser tests)
	@scripts/tools.sh

generate: ## docs/configuration.md, docs/records.md and the web app's record types
	go generate ./config ./collections

clean: ## what the builds made
	rm -rf bin dist ui/node_modules
	find pb_public -mindepth 1 -not -name .gitkeep -delete
