# make        the tool with its grammars in build/
# make demo   the same, then the main job on examples/
# make test   the same, then all tests
# make lint   formatting as .swift-format says
# make grammars-all   all grammars of grammars/grammars.lock, for trying them out
# make install PREFIX=/usr/local
SHELL := /bin/bash
SWIFT ?= swift
PREFIX ?= /usr/local

# Masks and verdicts access a few long-lived objects millions of times: the run-time checks of exclusive access take a
# tenth of their time. Tests run with the checks.
UNCHECKED := -Xswiftc -enforce-exclusivity=unchecked

SOURCES := Package.swift $(shell find Sources -type f)
EXTRACTION := $(wildcard Sources/Grammar/*.swift) $(shell find Sources/CGrammar -type f)
HOME_FOLDER := build/share/espalier
TOOL := build/bin/espalier

# The first group ships with the tool; the second is installed for tests, as a user would, the third on demand.
SHIPPED := $(shell awk '$$2 == "default" { print $$1 }' grammars/grammars.lock)
TESTED := $(shell awk '$$2 == "tests" { print $$1 }' grammars/grammars.lock)
EXTRA := $(shell awk '$$2 == "extra" { print $$1 }' grammars/grammars.lock)
installed = $(patsubst %,$(HOME_FOLDER)/grammars/%/tables.bin,$(1))

.PHONY: build setup grammars grammars-all demo test lint install clean
.DELETE_ON_ERROR:

build: $(TOOL) grammars

setup:
	@SWIFT="$(SWIFT)" scripts/setup

# The runtime library of Swift is linked in, so that the tool starts quickly and can be moved. A copy, since the tool
# looks for its grammars beside itself.
$(TOOL): $(SOURCES) | setup
	$(SWIFT) build -c release --static-swift-stdlib $(UNCHECKED) -Xlinker -s --product espalier
	@mkdir -p $(@D)
	@install -m 755 .build/release/espalier $@.new && mv $@.new $@

grammars: $(call installed,$(SHIPPED))

grammars-all: build $(call installed,$(TESTED) $(EXTRA))

build/grammars-src/%/.sha256: grammars/grammars.lock scripts/fetch-grammars | setup
	@scripts/fetch-grammars $*

# The extraction's sources are named, not the tool: grammars are not built anew for every change.
.SECONDEXPANSION:
$(HOME_FOLDER)/grammars/%/tables.bin: build/grammars-src/%/.sha256 $$(wildcard grammars/$$*/*.yml grammars/$$*/include/*) $(EXTRACTION) | $(TOOL)
	@mkdir -p $(HOME_FOLDER)/include
	@cp -R Sources/CGrammar/grammar-include/. $(HOME_FOLDER)/include/
	@$(TOOL) grammar install build/grammars-src/$* --into $(HOME_FOLDER) \
	  $(if $(wildcard grammars/$*/grammar.yml),--description grammars/$*)
	@touch $@

.SECONDARY:

demo: build
	@scripts/demo

# Tests are built for release too, since the constraint engine is slow without optimisation, and in a folder of their
# own, since they cannot link the runtime library of Swift statically.
test: build $(call installed,$(TESTED))
	ESPALIER_HOME="$(CURDIR)/$(HOME_FOLDER)" ESPALIER_BIN="$(CURDIR)/$(TOOL)" \
	  $(SWIFT) test -c release -Xswiftc -enable-testing --scratch-path .build/tests

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

install: build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/espalier/grammars"
	install -m 755 $(TOOL) "$(DESTDIR)$(PREFIX)/bin/espalier"
	cp -R $(HOME_FOLDER)/include "$(DESTDIR)$(PREFIX)/share/espalier/"
	for name in $(SHIPPED); do cp -R $(HOME_FOLDER)/grammars/$$name "$(DESTDIR)$(PREFIX)/share/espalier/grammars/"; done

clean:
	rm -rf .build build
