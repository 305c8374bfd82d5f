#!/usr/bin/env bash
# tungstenite 0.30.0: the words of a refusal's status line are replaced by standard ones.
#
# Expected: the error shows the line as it came, "503 Server is full": since HTTP/1.1 these words are for people.
# Seen: "503 Service Unavailable", which nobody sent. The http crate has no place for the words and prints standard ones; so
#   people search the server for a sentence that is not in it.

source "$(dirname "$0")/common.bash"
mkdir -p src
cat > Cargo.toml <<'END'
[package]
name = "client"
edition = "2024"
[dependencies]
tungstenite = "=0.30.0"
END
cat > src/main.rs <<'END'
fn main() {
    println!("{}", tungstenite::connect(std::env::args().nth(1).expect("an address")).expect_err("a refusal"));
}
END
cargo build --quiet
serve --status '503 Server is full' -- target/debug/client | seen 'HTTP error: 503 Service Unavailable'
