# shellcheck shell=bash
# The REST API of the running server, as any script would use it, and the codes of RFC 6238.

# rest METHOD PATH [JSON]: leaves REST_STATUS and REST_BODY. Fails if nobody answers in REST_SECONDS (120).
rest() {
    rest_once "$@" || die "the server at $(rest_url) does not answer $1 $2." "See 'deploy/holdfast status' and the server's log."
}

# The server that is asked: REST_URL, or the one of this installation.
rest_url() { printf '%s' "${REST_URL:-$(server_url)}"; }

# rest_once METHOD PATH [JSON]: the same, and returns curl's exit code where nobody answers.
rest_once() {
    local body=${3:-} answer
    local -a send=()
    [[ -z $body ]] || send=(--data-binary "@-" -H 'Content-Type: application/json')
    answer=$(rest_curl -m "${REST_SECONDS:-120}" -X "$1" -H 'Accept: application/json, application/problem+json' \
        "${send[@]}" -w '\n%{http_code}' "$(rest_url)$2" <<<"$body") || return
    REST_STATUS=${answer##*$'\n'}
    REST_BODY=${answer%$'\n'*}
}

# rest_file PATH FILE: the bytes of an answer; prints its status.
rest_file() { rest_curl -m 3600 -o "$2" -w '%{http_code}' "$(rest_url)$1" </dev/null; }

# rest_curl ARGUMENTS…: the token (REST_TOKEN) and the body travel by file descriptor, not by argv.
rest_curl() {
    local -a trust=()
    if [[ -z ${REST_URL:-} ]]; then
        trust=(--cacert "$(certificate)")
    elif [[ -n ${REST_CA:-} ]]; then
        trust=(--cacert "$REST_CA")
    fi
    curl -sS "${trust[@]}" --config <([[ -z ${REST_TOKEN:-} ]] || printf 'header = "Authorization: Bearer %s"\n' "$REST_TOKEN") "$@"
}

# rest_or_die WHAT METHOD PATH [JSON]: a refusal ends the command with the server's own words.
rest_or_die() {
    local what=$1
    shift
    rest "$@"
    [[ $REST_STATUS != 2?? ]] || return 0
    die "$what was refused ($REST_STATUS): $(field '[.detail // .title // "no reason given", (.code // empty | "[" + . + "]")] | join(" ")')" "$(field '.remedy // ""')"
}

# field FILTER: of the last answer, by jq; empty for null.
field() { jq -r "($1) // empty" <<<"$REST_BODY" 2>/dev/null || true; }

# hmac_sha1 HEX-KEY HEX-MESSAGE: RFC 2104, with the key on no command line.
hmac_sha1() {
    local key=$1 message=$2 inner='' outer='' byte i
    if ((${#key} > 128)); then key=$(unhex "$key" | sha1sum | cut -d' ' -f1); fi
    while ((${#key} < 128)); do key+=00; done
    for ((i = 0; i < 128; i += 2)); do
        byte=$((16#${key:i:2}))
        printf -v inner '%s%02x' "$inner" "$((byte ^ 0x36))"
        printf -v outer '%s%02x' "$outer" "$((byte ^ 0x5c))"
    done
    inner=$(unhex "$inner$message" | sha1sum | cut -d' ' -f1)
    unhex "$outer$inner" | sha1sum | cut -d' ' -f1
}

unhex() {
    local i out=''
    for ((i = 0; i < ${#1}; i += 2)); do out+="\\x${1:i:2}"; done
    printf '%b' "$out"
}

# The 30-second step of now.
totp_step() { printf '%d' "$(($(date +%s) / 30))"; }

# totp BASE32-SECRET STEP [DIGITS]: RFC 6238 with SHA-1, 30 seconds.
totp() {
    local secret=${1^^} digits=${3:-6} hash offset
    secret=${secret//[ =]/}
    while ((${#secret} % 8)); do secret+='='; done
    hash=$(hmac_sha1 "$(base32 -d <<<"$secret" | od -An -v -tx1 | tr -d ' \n')" "$(printf '%016x' "$2")")
    offset=$((16#${hash:39:1} * 2))
    printf "%0${digits}d" "$(((16#${hash:offset:8} & 0x7fffffff) % 10 ** digits))"
}

# fresh_totp BASE32-SECRET: prints a code. A code works once, so each step is used here once only: after
# one from this step, the next one is waited for.
fresh_totp() {
    local used step
    used=$(cat "$DATA_DIR/run/otp-step" 2>/dev/null || echo 0)
    step=$(totp_step)
    while ((step <= used)); do
        sleep 0.5
        step=$(totp_step)
    done
    echo "$step" >"$DATA_DIR/run/otp-step"
    totp "$1" "$step"
}
