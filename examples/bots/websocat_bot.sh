#!/usr/bin/env bash
# Answers "!echo hello" with "» hello", each question exactly once, whatever is killed and when.
#
#   cargo install websocat && apt-get install jq uuid-runtime
#   bash websocat_bot.sh ws://127.0.0.1:8080/ws lobby echo echo.json
#
# The last argument is a file that the bot makes. websocat turns each message into a line and back, which fits
# throng: a message is one line of JSON. Its program learns no close code and no HTTP status, so this one comes
# back from everything but a bye that says no.

set -o pipefail
readonly url=$1 room=$2 nick=$3 file=$4
attempts=0 id=0

# What outlives the bot: its token, and the cursor: the (epoch, seq) up to which all is answered. The file is
# replaced as a whole: after a crash it is the old one or the new one.
save() {
    jq --compact-output "$@" <<< "$kept" > "$file.new" && sync "$file.new" && mv "$file.new" "$file" \
        && kept=$(< "$file")
}

# Full jitter, in milliseconds: many clients that lost the same server do not come back at once.
backoff() {
    local bound=$(($1 < 6 ? 500 << $1 : 30000))
    echo $((SRANDOM % bound))
}

pause() {
    sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
}

# field FILTER: of the event that came last.
field() {
    jq --raw-output "$1 // empty" <<< "$event"
}

# The next event. The server pings a silent client, but websocat does not show that: so after a heartbeat the bot
# pings, and after another one nobody is there.
hear() {
    if ! read -r -t "$heartbeat" event <&3; then
        [ $? -gt 128 ] && give ping && read -r -t "$heartbeat" event <&3 || return
    fi
    local now
    now=$(jq 'if .type == "ok" then 0 elif .room then .seq // .head // 0 else 0 end' <<< "$event")
    [ "$now" -le "$seen" ] || seen=$now
    [ "$(field .type)" != bye ] || bye=$event
}

# give TYPE JQ-ARGUMENT…: writes a command with the next id.
give() {
    local type=$1
    shift
    id=$((id + 1))
    jq --null-input --compact-output --arg type "$type" --argjson id "$id" "$@" \
        '{$type, $id} + ($ARGS.named | del(.type, .id))' >&4
}

# ask TYPE JQ-ARGUMENT…: gives a command until there is an answer that lasts, and leaves it in $event. Fails with 2
# when it is a no.
ask() {
    local tries=0 mine wait
    while give "$@" 2> /dev/null; do
        mine=$id
        hear || return 1
        while [ "$(field .id)" != "$mine" ]; do hear || return 1; done
        [ "$(field .type)" != ok ] || return 0
        wait=$(field .retry_ms)
        case ${wait:-$(field .code)} in
            busy | storage_unavailable | draining | internal) wait=$(backoff "$tries") ;;
            *[!0-9]*) return 2 ;;
        esac
        pause "$wait"
        tries=$((tries + 1))
    done
    return 1
}

# answer ENTRY: of the log, if it asks. Does nothing the second time.
answer() {
    local about
    # What the bot does, the sender and the cid: together they name the question.
    about=$(jq --raw-output --arg me "$me" 'select(.type == "message" and .from.id != $me
        and (.text | startswith("!echo "))) | "echo \(.from.id) \(.cid)"' <<< "$1")
    [ -n "$about" ] || return 0
    # The same question always gets the same cid, so the server knows a repetition.
    ask send --arg room "$(jq -r .room <<< "$1")" --arg cid "$(uuidgen --sha1 --namespace @url --name "$about")" \
        --argjson text "$(jq '"» " + .text[6:]' <<< "$1")"
    case $?$(field .code) in
        # A conflict says that this question has another answer already.
        0* | 2conflict | 2bad_text | 2text_too_long) return 0 ;;
        *) return 1 ;;
    esac
}

# Reads the room from the cursor to its end. The cursor is saved when all before it is answered.
catch_up() {
    local more=true page entry
    while [ "$more" = true ]; do
        ask join --arg room "$room" --arg epoch "$(jq -r .epoch <<< "$kept")" --argjson after "$(jq .seq <<< "$kept")" \
            || return
        more=$(jq .more <<< "$event")
        if [ "$(jq .limited <<< "$event")" = true ]; then
            # We are further behind than a join reads on. History reads from anywhere.
            ask history --arg room "$room" --argjson after "$(jq .seq <<< "$kept")" || return
            more=true
        fi
        page=$event
        while read -r entry; do answer "$entry" || return; done < <(jq --compact-output '.events[]' <<< "$page")
        save --arg epoch "$epoch" --argjson seq "$(jq '.events[-1].seq // .head' <<< "$page")" '. + {$epoch, $seq}'
    done
}

listen() {
    local entry
    if [ "$(jq 'has("token")' <<< "$kept")" = true ]; then
        ask hello --argjson version 1 --arg token "$(jq -r .token <<< "$kept")" || return
    else
        ask hello --argjson version 1 --arg nick "$nick" || return
    fi
    attempts=0 epoch=$(field .epoch) me=$(field .user.id) heartbeat=$(($(field .heartbeat_ms) / 1000 + 1))
    # Before anything is said: as somebody else we would say it a second time after a crash.
    save --arg token "$(field .token)" '. + {$token}'
    if [ "$(jq 'has("seq")' <<< "$kept")" = false ]; then
        # The first time: questions count from here on.
        ask join --arg room "$room" --argjson limit 0 || return
        save --arg epoch "$epoch" --argjson seq "$(field .head)" '. + {$epoch, $seq}'
    fi
    catch_up || return
    while hear; do
        # Pushes only ring: what they say is read from the log.
        [ "$seen" -le "$(jq .seq <<< "$kept")" ] || catch_up || return
    done
}

kept=$(cat "$file" 2> /dev/null || echo '{}')
while true; do
    bye='{}' seen=0 heartbeat=30
    coproc socket { exec websocat --text "$url"; }
    pid=$socket_PID
    exec 3<&"${socket[0]}" 4>&"${socket[1]}"
    listen
    if [ $? = 2 ] || [ "$(jq .reconnect <<< "$bye")" = false ]; then
        printf 'the server does not want us back: %s\n' "$event" >&2
        exit 1
    fi
    kill "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null
    pause "$(jq '.after_ms // empty' <<< "$bye" | grep . || backoff "$attempts")"
    attempts=$((attempts + 1))
done
