# airworthy's entry points. `make` lists them.
SWIFT ?= swift
PREFIX ?= /usr/local

# On Linux the release binary carries Swift's standard library; macOS has it already.
ifeq ($(shell uname -s),Linux)
RELEASE = -c release --static-swift-stdlib
else
RELEASE = -c release
endif
# Has generic types made from their parts themselves instead of from mangled names, whose protocols are looked for among
# thousands each time one is first met: a tenth of every start. The compiler's option is a hidden one, so only where it has it.
DIRECT := -disable-concrete-type-metadata-mangled-name-accessors
RELEASE += $(if $(shell $(SWIFT)c -frontend -help-hidden 2>/dev/null | grep -e '$(DIRECT)'),-Xswiftc -Xfrontend -Xswiftc $(DIRECT))
AIRWORTHY := .build/release/airworthy
AIRWORTHY_DEBUG := .build/debug/airworthy

.PHONY: help demo test build release examples accuracy conformance conformance-loaders conformance-sample differential fuzz bench docs lint format install clean explanations

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: release examples ## install what is missing, build, make the example packages and check each of them
	@Examples/check $(AIRWORTHY)

test: build examples ## install what the tests need and run all of them
	$(SWIFT) test --skip-build
	@Scripts/install-dependencies oracle || true
	@$(MAKE) --no-print-directory accuracy AIRWORTHY=$(AIRWORTHY_DEBUG)
	@$(MAKE) --no-print-directory conformance-sample AIRWORTHY=$(AIRWORTHY_DEBUG)
	@$(MAKE) --no-print-directory conformance-loaders AIRWORTHY=$(AIRWORTHY_DEBUG)
	@$(MAKE) --no-print-directory explanations AIRWORTHY=$(AIRWORTHY_DEBUG)

build: ## build everything with its tests, for debugging
	@Scripts/install-dependencies build examples
	$(SWIFT) build --build-tests

release: ## build the one-file release binary
	@Scripts/install-dependencies build examples
	$(SWIFT) build $(RELEASE)

examples: ## make the example packages in Examples/packages
	@Examples/build

accuracy: ## compare predictions for the examples with real Node.js 20 (skipped where it cannot run)
	@[ -d Examples/packages ] || Examples/build
	@Conformance/accuracy --airworthy $(AIRWORTHY) $(ACCURACY) || { \
	  status=$$?; [ $$status -eq 69 ] && echo "accuracy: skipped, see the line above"; }

conformance-sample: ## compare predictions for two cases of every fault class (skipped where Node.js cannot run)
	@Conformance/matrix --fast --airworthy $(AIRWORTHY) || { \
	  status=$$?; [ $$status -eq 69 ] && echo "conformance: skipped, see the line above"; }

conformance-loaders: ## compare predictions with real addon loaders in generated trees (skipped where Node.js cannot run)
	@Conformance/loaders --airworthy $(AIRWORTHY) $(LOADERS) || { \
	  status=$$?; [ $$status -eq 69 ] && echo "loaders: skipped, see the line above"; }

explanations: ## have real loaders say each of their messages, and explain it (skipped where Node.js is not in PATH)
	@Conformance/explanations --airworthy $(AIRWORTHY) $(EXPLANATIONS) || { \
	  status=$$?; [ $$status -eq 69 ] && echo "explanations: skipped, see the line above"; }

conformance: release ## compare predictions with real Node.js over the whole fault matrix (long at first)
	@Scripts/install-dependencies oracle
	Conformance/matrix --airworthy $(AIRWORTHY) $(MATRIX)

fuzz: ## give every parser ten million hostile inputs (hours; FUZZ='--seconds 60' takes a minute for each)
	Fuzz/run $(FUZZ)

differential: release ## compare the facts of thousands of real binaries with readelf and LIEF (fetches 1.4 GB at first)
	@Scripts/install-dependencies differential
	Differential/compare --airworthy $(AIRWORTHY) $(DIFFERENTIAL)

bench: release ## measure checks beside find, file, unzip, libarchive, lddtree, ldd, readelf and LIEF
	@Scripts/install-dependencies bench
	Benchmarks/bench --airworthy $(AIRWORTHY) $(BENCH)

docs: release examples ## write the generated pages of Documentation/
	@mkdir -p Documentation
	$(AIRWORTHY) rules --format markdown >Documentation/Rules.md.partial && mv Documentation/Rules.md.partial Documentation/Rules.md
	$(AIRWORTHY) loaders --format markdown >Documentation/Loaders.md.partial && mv Documentation/Loaders.md.partial Documentation/Loaders.md
	@$(MAKE) --no-print-directory accuracy ACCURACY='--update Documentation/Accuracy.md'
	@$(MAKE) --no-print-directory conformance-loaders LOADERS='--update Documentation/Accuracy.md'
	@$(MAKE) --no-print-directory explanations EXPLANATIONS='--update Documentation/Accuracy.md'
	@Scripts/update-readme $(AIRWORTHY)
	@$(MAKE) --no-print-directory bench BENCH='--update Documentation/Performance.md' || echo 'bench: the page says what was missed'

lint: ## check the formatting, as CI does
	$(SWIFT) format lint --strict --recursive Sources Tests Fuzz Package.swift

format: ## format the sources in place
	$(SWIFT) format format --in-place --recursive Sources Tests Fuzz Package.swift

install: release ## install the binary under PREFIX (default /usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(AIRWORTHY) $(DESTDIR)$(PREFIX)/bin/airworthy

clean: ## remove what was built and fetched
	rm -rf .build .build-conformance .build-differential .build-benchmark .build-fuzz .build-catalog Examples/packages
