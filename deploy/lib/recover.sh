# shellcheck shell=bash
# recover: the catalog, rebuilt from the signed manifests in the stores.

# recover [--key FILE]… [--accept-key FINGERPRINT]… [--token-file FILE] [--otp CODE]
# Exit code 0: every store was looked through and nothing was left out; 4: something was, the table says what.
cmd_recover() {
    local token_file='' otp='' body keys='[]' accepted='[]' text fingerprint
    while (($#)); do
        [[ -n ${2:-} ]] || die "$1 needs a value." "Run 'deploy/holdfast --help' for the options."
        case $1 in
            --key)
                [[ -r $2 ]] || die "the key file $2 cannot be read." "Give the public key that manifests were signed with: signing.pub of the old keys directory."
                text=$(<"$2")
                keys=$(jq -c --arg key "$text" '. + [$key]' <<<"$keys")
                ;;
            --accept-key) accepted=$(jq -c --arg key "$2" '. + [$key]' <<<"$accepted") ;;
            --token-file) token_file=$2 ;;
            --otp) otp=$2 ;;
            *) die "'recover' knows only --key FILE, --accept-key FINGERPRINT, --token-file FILE and --otp CODE, got '$1'." ;;
        esac
        shift 2
    done
    as_guru "$token_file" "$otp"
    # The code by the environment: arguments can be read by everybody.
    body=$(OTP=$GURU_OTP jq -cn --argjson keys "$keys" --argjson accepted "$accepted" \
        '{publicKeys: $keys, acceptKeys: $accepted, otp: env.OTP}')
    # Whatever ends it early, the next run goes on where this one was.
    REST_SECONDS=86400 rest_or_die 'The recovery' POST /admin/recover "$body"
    field '.stores[] | "Store \(.name) (\(.place)): copies known before: \(.known)" + (if .failure then "; NOT LOOKED THROUGH: \(.failure)" else "" end)'
    {
        printf 'STORE\tDATABASE\tTAKEN\tBACKUP\tRESULT\tSIGNATURE\tWHY\n'
        field '.items[] | [.store, .source // "-", .takenAt // "-", .backup // .folder, .status, .signature, .text // "-"] | @tsv'
    } | column -t -s $'\t'
    say "$(field '.added | tostring') backups and $(field '.copiesAdded | tostring') more copies of backups were entered, $(field '.left | tostring') were left out."
    while read -r fingerprint; do
        say "Key $fingerprint signed some of them and is not trusted. Compare it with what was noted when Holdfast was set up, not with anything in the stores; if it is the same: deploy/holdfast recover --accept-key $fingerprint"
    done < <(field '[.items[] | select(.signature == "FOREIGN") | .key] | unique[]')
    [[ $(field .status) == WHOLE && $(field '.left | tostring') == 0 ]] || return 4
}
