# shellcheck shell=bash
# rotate: new keys of the server itself, through its API, with token and code as in the console.

# rotate signing-key|sealing-key [--token-file FILE] [--otp CODE]
cmd_rotate() {
    local what=${1:-nothing} path token_file='' otp=''
    case $what in
        signing-key) path=/admin/keys/server/rotate-signing ;;
        sealing-key) path=/admin/keys/server/rotate-sealing ;;
        *) die "'rotate' knows signing-key and sealing-key, got '$what'." "Run: deploy/holdfast rotate signing-key" ;;
    esac
    shift
    while (($#)); do
        case $1 in
            --token-file) token_file=${2:-} ;;
            --otp) otp=${2:-} ;;
            *) die "'rotate $what' knows only --token-file FILE and --otp CODE, got '$1'." ;;
        esac
        [[ -n ${2:-} ]] || die "$1 needs a value."
        shift 2
    done
    as_guru "$token_file" "$otp"
    rest_or_die "The rotation of the $what" POST "$path" "{\"otp\":\"$GURU_OTP\"}"
    if [[ $what == signing-key ]]; then
        say "Manifests are signed with key $(field '.signing[0].fingerprint') from now on; $(field '.signing | length - 1') earlier public keys still verify."
        say "Hand out $DATA_DIR/server/keys/signing.pub, and keep it away from the stores."
    else
        say "$(field .secrets) stored credentials are sealed with a new key."
        say "Copy $DATA_DIR/server/keys, or where HOLDFAST_SEAL_KEY stands, to its safe place again."
    fi
}

# as_guru TOKEN-FILE OTP: leaves REST_TOKEN and GURU_OTP; what is empty is taken from the demo's user, or asked for.
as_guru() {
    local token_file=$1
    GURU_OTP=$2
    DATA_DIR=$(readlink -f -- "$DATA_DIR")
    running server || die "no server runs from $DATA_DIR." "Run 'deploy/holdfast up' first."
    if [[ -n $token_file ]]; then
        [[ -r $token_file ]] || die "the token file $token_file cannot be read." "Give a file that holds an API token of a SUPER_GURU."
        REST_TOKEN=$(<"$token_file")
    elif [[ -r $DATA_DIR/demo/user.json ]]; then
        REST_TOKEN=$(demo_user token)
        [[ -n $GURU_OTP ]] || GURU_OTP=$(fresh_totp "$(demo_user totpSecret)")
    else
        read -rsp 'API token of a SUPER_GURU (not shown): ' REST_TOKEN
        echo
    fi
    [[ -n $GURU_OTP ]] || read -rp 'Code of your authenticator: ' GURU_OTP
    [[ $GURU_OTP =~ ^[0-9]{6,8}$ ]] || die 'the code has to be six digits.' 'Enter what your authenticator shows now.'
}
