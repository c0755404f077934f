# What anyone needs: make test (nothing but Go), make bench, make build.
# What needs root and Debian packages: make test-real, which installs them.

GO      ?= go
PACKAGE := ./cmd/supervisor
# The race detector needs cgo, and so a C compiler. Without one tests run without it.
RACE    := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

.PHONY: build check test test-real bench fuzz

build:
	$(GO) build -trimpath -o bin/supervisor $(PACKAGE)

# Formatting, vet on every platform, staticcheck, known vulnerabilities.
check:
	./scripts/check

test:
	$(GO) test $(RACE) -timeout 15m ./...

test-real:
	./scripts/test-real

bench:
	$(GO) run ./test/bench

# A short run of every fuzz target.
fuzz:
	./scripts/fuzz
