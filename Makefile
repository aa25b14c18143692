# make demo    a working map of the demo province on http://127.0.0.1:8080
# make test    everything that is tested
# make check   all of CI
# make bench   the figures of docs/benchmarks.md
# make fuzz    any bytes into readers and filters, any shapes into boundaries and tiles

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := demo

PORT ?= 8080
DEMO_DIR ?= demo
NO_SERVE ?=
PHUSONG := target/release/phusong
WEB_DIST := web/dist/index.html

.PHONY: demo test check bench fuzz fmt lint unit web-test setup setup-test clean

demo: $(PHUSONG)
	@$(PHUSONG) demo --dir $(DEMO_DIR) --port $(PORT) $(if $(NO_SERVE),--no-serve)

test: setup-test
	$(MAKE) web-test unit

check: setup-test
	cargo fmt --check
	cargo clippy --release --all-targets -- -D warnings
	cargo clippy --release --all-targets --no-default-features -- -D warnings
	$(MAKE) web-test unit

# The tests run the program that users run, on the whole demo province; to build them builds it. What only tests depend
# on switches features of other crates on: `cargo build` before it would build everything twice. Tests of single
# functions are not optimised in full, which takes more time than it saves.
unit: setup $(WEB_DIST)
	cargo test --release --no-run --bins --test it
	rm -rf target/demo
	$(PHUSONG) demo --quiet --no-serve --dir target/demo
	cargo test --release --no-fail-fast --lib --config profile.release.package.phusong.opt-level=1
	PHUSONG_DEMO_DB=target/demo/phusong.gpkg cargo test --release --no-fail-fast --bins --test it

web-test: web/node_modules/.package-lock.json
	cd web && npm run typecheck && npm test

# With MARTIN (its binary), TILES (a list of [z, x, y]) and STORE: tiles beside Martin's, too; POSTGRES="URL TABLE".
bench: setup $(PHUSONG)
	cargo bench
	$(if $(MARTIN),python3 benches/serve_peers.py $(TILES) $(STORE) --martin $(MARTIN) $(if $(POSTGRES),--postgres $(POSTGRES)))

# Five minutes each; the compiler's own switches for coverage are unstable ones.
FUZZ_SECONDS ?= 300
fuzz: setup
	cargo fuzz --version >/dev/null 2>&1 || cargo install cargo-fuzz
	for target in readers boundaries tiles filters; do \
		RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none $$target -- -max_total_time=$(FUZZ_SECONDS) -max_len=4096; \
	done

lint:
	cargo fmt && cargo clippy --all-targets

clean:
	rm -rf target web/dist web/node_modules demo

# The program, with the page inside. Cargo knows what is fresh.
.PHONY: $(PHUSONG)
$(PHUSONG): setup $(WEB_DIST)
	cargo build --release

$(WEB_DIST): web/node_modules/.package-lock.json $(shell find web/src web/public web/index.html web/vite.config.* web/tsconfig.json -type f 2>/dev/null)
	cd web && npm run build
	@touch $@

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

setup:
	@scripts/setup build

setup-test:
	@scripts/setup build test
