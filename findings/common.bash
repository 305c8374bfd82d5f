# What each finding shares: a folder that goes away, packages by name, and the comparison with what was seen.
# shellcheck shell=bash

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
cd "$temp"

# pypi PACKAGE==VERSION…: into a folder for this run, as $python.
pypi() {
    python3 -m venv "$temp/venv"
    python=$temp/venv/bin/python
    "$python" -m pip install --quiet --disable-pip-version-check "$@"
}

npm_() {
    npm init --yes > /dev/null
    npm install --silent --no-audit --no-fund --ignore-scripts "$@"
}

# serve ARGUMENT… -- COMMAND…: runs the command with the address of a raw server as its last argument, then prints
# what the client had sent.
serve() {
    local arguments=()
    while [ "$1" != -- ]; do
        arguments+=("$1")
        shift
    done
    shift
    mkfifo "$temp/server"
    timeout 150 python3 "$here/raw_server.py" "${arguments[@]}" > "$temp/server" &
    exec 3< "$temp/server"
    rm "$temp/server"
    read -r address <&3
    timeout 30 "$@" "$address" 2>&1 || true
    cat <&3
    exec 3<&-
}

# seen TEXT: compares the output on stdin with what was seen when this was written.
seen() {
    local output
    output=$(cat)
    printf '%s\n' "$output"
    if [ "$output" != "$1" ]; then
        printf '\nThis has changed. It was:\n%s\n' "$1" >&2
        return 1
    fi
}
