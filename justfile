# The tasks of the project, by https://just.systems (`cargo install just`, or Debian's package `just`). Nothing needs it:
# each recipe is a few commands to copy, and tests/run works without it.

# the tasks
_tasks:
    @just --list --unsorted

# run the server with a new data directory; `just run --listen [::]:8080`
run *FLAGS:
    cargo run -- --data-dir "$(mktemp -d)" {{ FLAGS }}

# the quick checks: formatting, clippy, commit subjects
check:
    cargo fmt --all --check
    cargo clippy --locked --workspace --all-targets --features throng-fuzz/fuzz -- -D warnings
    tests/commits

# unit, property and black-box tests: all, or those whose names have a part; `just test a_full_disk`
test *FILTER:
    cargo nextest run --locked --workspace {{ FILTER }}

# the browser client: its modules, its types, and the tests in Chromium
browser: _browser-packages
    node --test client/web/tests/*.test.js
    tests/browser/node_modules/.bin/tsc -p client/web/jsconfig.json
    tests/browser/node_modules/.bin/tsc -p client/web/jsconfig.worker.json
    tests/browser/node_modules/.bin/tsc -p tests/browser/jsconfig.json
    cargo build --locked
    node --test tests/browser/*.test.js

# pictures of the browser client, for looking at what you changed
pictures FOLDER="pictures": _browser-packages
    cargo build --locked
    node tests/browser/pictures.js {{ FOLDER }}

_browser-packages:
    test -d tests/browser/node_modules || (cd tests/browser && npm ci --ignore-scripts)

# bots of other WebSocket libraries at a real server
bots:
    cargo build --locked
    tests/bots/install
    node --test tests/bots/*.test.js

# every check there is, with one summary: what CI runs
all:
    tests/run

# small measurements of parts, each beside a floor; `just bench --bench parse`
bench *FLAGS:
    cargo bench --locked -p throng {{ FLAGS }}

# the whole server under load, beside a bare loop that only sends
load *FLAGS="versus-floor":
    cargo build --release --locked --workspace
    target/release/throng-loadtest {{ FLAGS }}

# look for inputs that break a parser: all for a minute, or one for longer; `just fuzz guard 600`
fuzz TARGET="all" SECONDS="60":
    fuzz/run {{ TARGET }} {{ SECONDS }}

# the documents of the code, in target/doc, and the examples in them
docs:
    cargo test --locked --doc --workspace --quiet
    RUSTDOCFLAGS='-D warnings' cargo doc --locked --workspace --no-deps --document-private-items

# write docs/configuration.md, after a change in src/config/settings.rs
config:
    cargo run --quiet --locked -- config --markdown > target/configuration.md
    mv target/configuration.md docs/configuration.md

# licences, sources and known vulnerabilities of the libraries
deny:
    cargo deny --locked --workspace check

# an archive to install elsewhere, in target/dist; how a version is made: docs/releasing.md
release *DIRECTORY:
    contrib/release {{ DIRECTORY }}

# what would be published of a crate
package CRATE="throng-protocol":
    cargo package --list -p {{ CRATE }}
    cargo publish --dry-run -p {{ CRATE }}
