# shellcheck shell=bash
# backup, restore-test, drill: what CI systems ask of a running Holdfast, here or elsewhere.
# The result goes to standard output, progress to standard error. Exit codes (runbooks/pipelines.md):
# 0 it is proved; 1 it ended otherwise; 2 the command line is wrong; 3 the server refused or does not
# answer; 4 it has not ended within --timeout, and goes on.

readonly PIPELINE_LATER=4
# How long an answer is waited for while the server starts anew: what it was asked for survives that.
readonly PIPELINE_OUTAGE=300
# Of the scripts that these verbs stand in for: settings of the server by now.
readonly PIPELINE_SERVERS_OWN='OPS_BACKUP_POLICY_FILE BACKUP_DIR RETENTION_DAYS R2_ACCOUNT_ID R2_BUCKET R2_ACCESS_KEY_ID R2_SECRET_ACCESS_KEY BACKUP_ENCRYPTION_PASSPHRASE BACKUP_ENCRYPTION_KEY'

# backup [SOURCE] [options]
cmd_backup() {
    pipeline_options backup 'SOURCE' "$@"
    pipeline_connect
    local source id
    source=$(pipeline_source)
    rest_or_die "The backup of $source" POST /admin/backups "$(SOURCE=$source jq -n '{source: env.SOURCE}')"
    id=$(field .id)
    pipeline_follow "Backup $id of $source" "/admin/backups/$id" 'FAILED CANCELLED SUSPECT EXPIRED VERIFIED RESTORED'
    local facts=$REST_BODY
    if [[ -n $ARTIFACTS && $PIPELINE_STATUS =~ ^(VERIFIED|RESTORED|SUSPECT)$ ]]; then
        save "/admin/backups/$id/manifest" "backup-manifest-$STAMP.json"
    fi
    REST_BODY=$facts
    pipeline_end "Backup $id of $source" '^(VERIFIED|RESTORED)$' \
        '"snapshot \(.id) of \(.source): \(.status), \(.rawBytes // 0) bytes, stored in \([.stores[]? | .store] | join(", "))"'
}

# restore-test [BACKUP|LATEST] [options]: a drill of one backup, by the standard checks or --checks.
cmd_restore_test() {
    pipeline_options restore-test 'BACKUP' "$@"
    pipeline_connect
    local backup=${SUBJECT:-${BACKUP_ID:-LATEST}} place=${TARGET:-} source order
    if [[ -z $place && -n ${STAGING_DIRECT_URL:-} ]]; then
        place=$(pipeline_place targets STAGING_DIRECT_URL "$(place_of "$STAGING_DIRECT_URL")")
    fi
    if [[ ${backup^^} == LATEST ]]; then
        source=$(pipeline_source)
        order=$(SOURCE=$source jq -n '{source: env.SOURCE, choose: "LATEST"}')
    else
        order=$(BACKUP=$backup jq -n '{snapshotId: env.BACKUP}')
    fi
    [[ -z $place ]] || order=$(PLACE=$place jq '. + {place: env.PLACE}' <<<"$order")
    pipeline_drill "$order"
}

# drill PLAN [options]: a plan's drill, now.
cmd_drill() {
    pipeline_options drill 'PLAN' "$@"
    [[ -n $SUBJECT ]] || die "'drill' needs the name of a drill plan." "Plans are on the console's page Drills; 'deploy/holdfast restore-test' needs none." 2
    pipeline_connect
    pipeline_drill "$(PLAN=$SUBJECT jq -n '{plan: env.PLAN}')"
}

# pipeline_drill ORDER
pipeline_drill() {
    local order=$1 id what facts
    [[ -z $CHECKS ]] || order=$(jq --slurpfile checks "$CHECKS" '. + {checks: $checks[0]}' <<<"$order")
    [[ -z $SQL ]] || order=$(jq --rawfile sql "$SQL" '.checks = ((.checks // {}) + {verificationSql: $sql})' <<<"$order")
    [[ -z $KEEP ]] || order=$(jq --argjson keep "$KEEP" '. + {keepMinutes: $keep}' <<<"$order")
    [[ -z $TICKET ]] || order=$(TICKET=$TICKET jq '. + {ticket: env.TICKET}' <<<"$order")
    rest_or_die 'The drill' POST /admin/drills "$order"
    id=$(field .id)
    what="Drill $(field .number)"
    pipeline_follow "$what" "/admin/drills/$id" 'PASSED PARTIAL FAILED ABORTED REVIEWED SIGNED_OFF'
    facts=$REST_BODY
    [[ -z $ARTIFACTS ]] || pipeline_evidence "$id"
    REST_BODY=$facts
    # A signature says that somebody looked, not that it went well: failed drills are signed, too.
    PIPELINE_STATUS=$(field '.verdict // .status')
    [[ -n $AS_JSON ]] || field '.checks[]? | select(.verdict != "PASSED") | "  \(.verdict): \(.name // .kind): \(.actual // "")"' >&2
    pipeline_end "$what" '^PASSED$' \
        '"drill \(.number) of \(.source // ""): \(.verdict // .status), \(.checks // [] | length) checks, \(.checks // [] | map(select(.verdict == "PASSED")) | length) passed"'
}

# pipeline_evidence DRILL: the whole bundle, and its parts under the names that pipelines look for.
pipeline_evidence() {
    local bundle=restore-evidence-$STAMP.zip parts
    save "/admin/drills/$1/evidence" "$bundle"
    parts=$(mktemp -d)
    if have unzip; then
        unzip -q "$ARTIFACTS/$bundle" -d "$parts"
    elif have python3; then
        python3 -m zipfile -e "$ARTIFACTS/$bundle" "$parts"
    else
        rm -r "$parts"
        die "neither unzip nor python3 is here to take $ARTIFACTS/$bundle apart; the drill itself has ended." "Install unzip." 3
    fi
    keep_part "$parts/restore-result.json" "restore-result-$STAMP.json"
    keep_part "$parts/restore-proof.json" "restore-proof-$STAMP.json"
    keep_part "$parts/manifest.json" "backup-manifest-$STAMP.json"
    keep_part "$parts/log.txt" "restore-test-$STAMP.log"
    rm -r "$parts"
}

keep_part() {
    [[ -s $1 ]] || return 0
    mv "$1" "$ARTIFACTS/$2"
    touch "$ARTIFACTS/$2"
    SAVED+=("$ARTIFACTS/$2")
}

# save PATH NAME: an answer into the directory of artifacts, whole or not at all.
save() {
    local file=$ARTIFACTS/$2 status
    status=$(rest_file "$1" "$file.part")
    if [[ $status != 200 ]]; then
        REST_BODY=$(cat "$file.part" 2>/dev/null || true)
        rm -f "$file.part"
        die "$1 was refused ($status): $(field '[.detail // .title // "no reason given", (.code // empty | "[" + . + "]")] | join(" ")')" "$(field '.remedy // ""')"
    fi
    mv "$file.part" "$file"
    SAVED+=("$file")
}

# --- the command line -----------------------------------------------------------------------------

# pipeline_options VERB SUBJECT ARGUMENTS…: leaves SUBJECT, AS_JSON, ARTIFACTS, MINUTES and what only some verbs know.
pipeline_options() {
    local verb=$1 subject=$2 allowed
    shift 2
    DIE_CODE=2 SUBJECT='' AS_JSON='' ARTIFACTS=${ARTIFACTS_DIR:-} MINUTES=720 TOKEN_FILE=${HOLDFAST_TOKEN_FILE:-}
    SOURCE='' TARGET='' CHECKS='' SQL='' KEEP='' TICKET='' SAVED=()
    STAMP=$(date -u +%Y%m%dT%H%M%SZ)
    allowed=" $(pipeline_options_of "$verb") "
    while (($#)); do
        if [[ $1 != -* ]]; then
            [[ -z $SUBJECT ]] || die "'$verb' takes one $subject, got '$SUBJECT' and '$1'."
            SUBJECT=$1
            shift
            continue
        fi
        [[ $allowed == *" $1 "* ]] || die "'$verb' does not know $1." "It knows:$allowed"
        if [[ $1 == --json ]]; then
            AS_JSON=1
            shift
            continue
        fi
        [[ -n ${2:-} ]] || die "$1 needs a value."
        case $1 in
            --source) SOURCE=$2 ;;
            --target) TARGET=$2 ;;
            --artifacts) ARTIFACTS=$2 ;;
            --token-file) TOKEN_FILE=$2 ;;
            --timeout)
                [[ $2 =~ ^[1-9][0-9]{0,5}$ ]] || die "--timeout is '$2'; it is given in whole minutes, e.g. 90."
                MINUTES=$2
                ;;
            --keep)
                [[ $2 =~ ^[1-9][0-9]{0,4}$ ]] || die "--keep is '$2'; it is given in whole minutes, 10080 at most."
                KEEP=$2
                ;;
            --checks)
                jq -e 'type == "object"' "$2" >/dev/null 2>&1 || die "--checks $2 is not a file with a JSON object." "Its fields are in runbooks/drill.md."
                CHECKS=$2
                ;;
            --sql)
                [[ -r $2 ]] || die "--sql $2 cannot be read." "Give a file of SELECT statements, such as deploy/drill/verification.sql."
                SQL=$2
                ;;
            --ticket) TICKET=$2 ;;
        esac
        shift 2
    done
    if [[ $verb == backup && -n $SUBJECT ]]; then SOURCE=$SUBJECT; fi
    [[ -z $ARTIFACTS ]] || mkdir -p "$ARTIFACTS" || die "the directory $ARTIFACTS cannot be made." "Give another with --artifacts."
    have curl && have jq || die "curl and jq are needed." "Install them: apt-get install curl jq"
    DIE_CODE=3
}

# pipeline_options_of VERB: also what the completion offers.
pipeline_options_of() {
    local common='--json --artifacts --timeout --token-file'
    case $1 in
        backup) printf '%s' "--source $common" ;;
        restore-test) printf '%s' "--source --target --checks --sql --keep --ticket $common" ;;
        drill) printf '%s' "--checks --sql --keep --ticket $common" ;;
    esac
}

# Where the server is and who asks: HOLDFAST_URL with HOLDFAST_CA_FILE, or this installation.
pipeline_connect() {
    local name
    local -a theirs=()
    REST_URL=${HOLDFAST_URL:-} REST_CA=${HOLDFAST_CA_FILE:-}
    if [[ -n $REST_URL ]]; then
        [[ $REST_URL =~ ^https://[^/]+/?$ ]] || die "HOLDFAST_URL is '$REST_URL'; it is the console's address." "Give it as https://holdfast.example.com, without a path." 2
        REST_URL=${REST_URL%/}
        [[ -z $REST_CA || -r $REST_CA ]] || die "HOLDFAST_CA_FILE is '$REST_CA', which cannot be read." "Give the PEM file of the server's certificate, or unset it where a public authority signed that." 2
    else
        DATA_DIR=$(readlink -f -- "$DATA_DIR")
        running server || die "no server runs from $DATA_DIR, and HOLDFAST_URL names no other." "Set HOLDFAST_URL, HOLDFAST_TOKEN and where needed HOLDFAST_CA_FILE, or run 'deploy/holdfast up'."
    fi
    if [[ -n $TOKEN_FILE ]]; then
        [[ -r $TOKEN_FILE ]] || die "the token file $TOKEN_FILE cannot be read." "Give a file that holds an API token; tokens are made on the console's page Your account." 2
        REST_TOKEN=$(<"$TOKEN_FILE")
    elif [[ -n ${HOLDFAST_TOKEN:-} ]]; then
        REST_TOKEN=$HOLDFAST_TOKEN
    elif [[ -z $REST_URL && -r $DATA_DIR/demo/user.json ]]; then
        REST_TOKEN=$(demo_user token)
    else
        die 'no API token is given.' 'Set HOLDFAST_TOKEN, or --token-file FILE; tokens are made on the console'"'"'s page Your account.'
    fi
    for name in $PIPELINE_SERVERS_OWN; do
        [[ -z ${!name:-} ]] || theirs+=("$name")
    done
    [[ -z $REST_URL ]] || ((${#theirs[@]} == 0)) ||
        say "${theirs[*]}: set here, but the server at $REST_URL goes by its own settings; the secrets among them can be taken out of this pipeline." >&2
}

# --- which database -------------------------------------------------------------------------------

# The source that was named; or the one with the address of PROD_DIRECT_URL, or of POSTGRES_HOST and
# POSTGRES_DB; or the only one there is.
pipeline_source() {
    local only
    if [[ -n $SOURCE ]]; then
        printf '%s' "$SOURCE"
    elif [[ -n ${PROD_DIRECT_URL:-} ]]; then
        pipeline_place sources PROD_DIRECT_URL "$(place_of "$PROD_DIRECT_URL")"
    elif [[ -n ${POSTGRES_HOST:-} && -n ${POSTGRES_DB:-} ]]; then
        pipeline_place sources 'POSTGRES_HOST and POSTGRES_DB' "${POSTGRES_HOST,,}:${POSTGRES_PORT:-5432}/$POSTGRES_DB"
    else
        rest_or_die 'The list of sources' GET /admin/sources
        only=$(field '[.items[].name] | if length == 1 then .[0] else "" end')
        [[ -n $only ]] || die 'which database is meant is not said.' "Name it with --source: $(field '[.items[].name] | join(", ")')" 2
        printf '%s' "$only"
    fi
}

# pipeline_place KIND WHO PLACE: the name of the source or target with this address.
pipeline_place() {
    local name url
    rest_or_die "The list of $1" GET "/admin/$1"
    while IFS=$'\t' read -r name url; do
        [[ $(place_of "$url") != "$3" ]] || {
            printf '%s' "$name"
            return
        }
    done < <(field '.items[] | [.name, .url] | @tsv')
    die "none of the server's $1 has the address of $2, $3." "Add it in the console, or name one of them: $(field '[.items[].name] | join(", ")')" 2
}

# place_of URL: host:port/database, without user, password and options.
place_of() {
    local rest=${1#*://} host database
    rest=${rest%%\?*}
    database=${rest##*/}
    host=${rest%/*}
    host=${host##*@}
    [[ $host =~ :[0-9]+$ ]] || host+=:5432
    printf '%s/%s' "${host,,}" "$(percent_decode "$database")"
}

# --- following ------------------------------------------------------------------------------------

# pipeline_follow WHAT PATH ENDS: until it ended, or --timeout is over. Leaves PIPELINE_STATUS and the answer.
pipeline_follow() {
    local what=$1 path=$2 ends=" $3 " deadline=$((SECONDS + MINUTES * 60)) away=0 shown='' line
    while true; do
        if rest_once GET "$path"; then
            away=0
            PIPELINE_STATUS=$(field .status)
            line="$PIPELINE_STATUS $(field '.progress.phase // .phase')"
            if [[ $line != "$shown" ]]; then
                say "$what: ${line,,}" >&2
                shown=$line
            fi
            [[ $ends != *" $PIPELINE_STATUS "* ]] || return 0
        else
            ((away > 0)) || {
                away=$SECONDS
                say "$what: the server does not answer; waiting for it" >&2
            }
            ((SECONDS - away < PIPELINE_OUTAGE)) ||
                die "the server has not answered for $PIPELINE_OUTAGE s; $what goes on once it runs again." "See $path on it, then ask anew."
        fi
        ((SECONDS < deadline)) || die "$what has not ended within $MINUTES min, and goes on." "Give more with --timeout, or see $path." "$PIPELINE_LATER"
        sleep 2
    done
}

# pipeline_end WHAT GOOD FILTER: the result, and the exit code that belongs to it.
pipeline_end() {
    local files
    if ((${#SAVED[@]} > 0)); then files=$(printf '%s\n' "${SAVED[@]}" | jq -R . | jq -sc .); else files='[]'; fi
    if [[ -n $AS_JSON ]]; then
        jq --argjson files "$files" '. + {artifacts: $files}' <<<"$REST_BODY"
    else
        field "$3"
        jq -r '.[]' <<<"$files"
    fi
    [[ $PIPELINE_STATUS =~ $2 ]] ||
        die "$1 ended as $PIPELINE_STATUS: $(field '.failure.text // .failureReason // .doubt // .reason // "see its checks"')" "$(field '.failure.remedy // ""')" 1
}

# --- completion -----------------------------------------------------------------------------------

# completion: for bash; source <(deploy/holdfast completion)
cmd_completion() {
    (($# == 0)) || die "'completion' takes no argument, got '$1'." '' 2
    local verb
    printf '# bash completion of holdfast: source <(deploy/holdfast completion)\n_holdfast() {\n'
    printf '    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n'
    printf '    case $before in\n        --artifacts) COMPREPLY=($(compgen -d -- "$word")); return ;;\n'
    printf '        --checks | --sql | --token-file | --key) COMPREPLY=($(compgen -f -- "$word")); return ;;\n    esac\n'
    printf '    if ((COMP_CWORD == 1)); then\n        COMPREPLY=($(compgen -W "%s" -- "$word"))\n        return\n    fi\n' "$COMMANDS verify-evidence help"
    printf '    case ${COMP_WORDS[1]} in\n'
    for verb in backup restore-test drill; do
        printf '        %s) COMPREPLY=($(compgen -W "%s" -- "$word")) ;;\n' "$verb" "$(pipeline_options_of "$verb")"
    done
    printf '        demo) COMPREPLY=($(compgen -W "--size" -- "$word")) ;;\n'
    printf '        status) COMPREPLY=($(compgen -W "--json" -- "$word")) ;;\n'
    printf '        rotate) COMPREPLY=($(compgen -W "signing-key sealing-key --token-file --otp" -- "$word")) ;;\n'
    printf '        recover) COMPREPLY=($(compgen -W "--key --accept-key --token-file --otp" -- "$word")) ;;\n'
    printf '        bench) COMPREPLY=($(compgen -W "--size --rounds --json --scale --runs --sources" -- "$word")) ;;\n'
    printf '        verify-evidence) COMPREPLY=($(compgen -f -W "--key --head --json" -- "$word")) ;;\n'
    printf '    esac\n}\ncomplete -F _holdfast holdfast deploy/holdfast ./deploy/holdfast\n'
}
