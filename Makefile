# What anyone needs: make test (nothing but Go), make bench, make build.
# What needs root and Debian packages: make test-real, which installs them.

GO      ?= go
PACKAGE := ./cmd/supervisor
# The race detector needs cgo, and so a C compiler. Without one tests run without it.
RACE    := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

.PHONY: build check test test-faults test-real test-systemd-257 test-servers test-windows bench benchmarks fuzz mutate package soak soak-short

build:
	$(GO) build -trimpath -o bin/supervisor $(PACKAGE)

# Formatting, vet on every platform, staticcheck, known vulnerabilities.
check:
	./scripts/check

# The end-to-end tests put services under load and count each request that fails: no other
# package is tested beside them. Each of them waits half of its time: so there are two.
test:
	$(GO) test $(RACE) -timeout 30m $$($(GO) list ./... | grep -v /test/e2e$$)
	$(GO) test $(RACE) -timeout 40m -parallel 2 ./test/e2e
	$(GO) test -run 'TestSimulation$$' ./internal/lifecycle
	$(GO) test -tags startagain ./internal/proc
	$(GO) test -tags plainfork ./internal/proc

# Every use of every system call of a handoff fails, one after the other; ARGS may name
# a walk or a call: ARGS='-run TestFaults/upgrade -fault sendmsg'.
test-faults:
	$(GO) test -timeout 4h -run TestFaults ./test/e2e -faults -v $(ARGS)

test-real:
	./scripts/test-real

# Of those the tests on systemd 257 alone, on Debian 13, whose root is built the first time.
test-systemd-257:
	./scripts/systemd-bed-257

# Hands off every server that there is a test for, and writes docs/compatibility.md.
test-servers:
	./scripts/test-servers

# The tests of Windows builds under wine, whose root is built the first time.
test-windows:
	PACKAGES="$(PACKAGES)" ./scripts/test-windows $(ARGS)

# dist/*.deb and dist/*.rpm.
package:
	./scripts/package

bench:
	$(GO) run ./test/bench
	$(GO) run ./test/bench/devloop
	$(GO) run ./test/bench/upgrades
	$(GO) run ./test/bench/relay

# Random histories of what is decided and of the whole supervisor, by a virtual clock;
# make simulate STEPS=n SEED=n repeats one.
.PHONY: simulate
STEPS ?= 10000000
simulate:
	STEPS=$(STEPS) $(GO) test -timeout 4h -run 'TestSimulation$$' -v ./internal/lifecycle ./internal/supervise

# All that compares us with others, into docs/benchmarks.md. It wants the machine alone.
benchmarks:
	$(GO) run ./test/bench/page

# A short run of every fuzz target.
fuzz:
	./scripts/fuzz

# Load-bearing lines are broken one at a time, in a copy: a test has to notice each.
mutate:
	$(GO) run ./test/mutate $(ARGS)

# Handoffs, good and bad, under all kinds of load, with crashes of the service and of the
# supervisor: what it needs must not grow. SOAK_TIME ends it sooner, SOAK_SEED repeats one.
SOAK      ?= 10000
SOAK_TIME ?= 0
SOAK_SEED ?= 0
soak:
	$(GO) test -timeout 0 -run 'TestSoak$$' ./test/e2e -v -soak $(SOAK) -soak.time $(SOAK_TIME) -soak.seed $(SOAK_SEED)

soak-short:
	$(MAKE) soak SOAK_TIME=3m
