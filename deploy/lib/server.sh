# shellcheck shell=bash
# The console: Payara Micro with the WAR, TLS on one port, nothing else listening.

# Names that are handed on from the environment, beside those in holdfast.properties.
readonly PASSED_ON='^(ALERT_|BACKUP_|RESTORE_|ALLOW_|DRILL_|IMPORT_|RETENTION_|OPS_|S3_|R2_|SCRUB_|SLACK_|SMTP_|APPROVAL_|BREAK_|FOUR_|HOLDFAST_|OIDC_|PG_BIN_DIRS$)'

server_url() {
    local host
    host=$(bind_address)
    [[ $host != 127.0.0.1 && $host != 0.0.0.0 && $host != :: ]] || host=localhost
    printf 'https://%s:%s' "$host" "$(https_port)"
}

certificate() { printf '%s/tls/certificate.pem' "$DATA_DIR"; }

# Self-signed, for this installation only; a certificate of one's own is put in the same two files.
ensure_certificate() {
    local tls=$DATA_DIR/tls host
    host=$(bind_address)
    own "$(id -un)" 711 "$tls"
    if [[ ! -s $tls/certificate.pem ]]; then
        local names='DNS:localhost,IP:127.0.0.1'
        case $host in
            127.0.0.1 | localhost | 0.0.0.0 | ::) names+=",DNS:$(hostname)" ;;
            *[!0-9.]*) names+=",DNS:$host" ;;
            *) names+=",IP:$host" ;;
        esac
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj '/CN=Holdfast' \
            -addext "subjectAltName=$names" -addext 'basicConstraints=critical,CA:FALSE' -addext 'extendedKeyUsage=serverAuth' \
            -keyout "$tls/key.pem" -out "$tls/certificate.pem" 2>/dev/null
        chmod 644 "$tls/certificate.pem"
    fi
    local store=$DATA_DIR/server/tls.p12
    if [[ ! -s $store || $tls/certificate.pem -nt $store ]]; then
        secret keystore >/dev/null
        openssl pkcs12 -export -in "$tls/certificate.pem" -inkey "$tls/key.pem" -name holdfast -out "$store" \
            -passout "file:$DATA_DIR/secrets/keystore"
        if is_root; then chown "$(server_user):" "$store"; fi
    fi
}

certificate_fingerprint() { openssl x509 -noout -fingerprint -sha256 -in "$(certificate)" | sed 's/.*=//'; }

# percent_decode TEXT
percent_decode() {
    local text=${1//\\/\\\\}
    printf '%b' "${text//%/\\x}"
}

# datasource URL: the three names that the server's datasource is made of.
datasource() {
    local rest user='' password='' query=''
    [[ $1 =~ ^(postgres|postgresql|jdbc:postgresql)://(.+)$ ]] ||
        die "HOLDFAST_DB_URL is not a PostgreSQL URL." "Give it as postgres://user:password@host:5432/database."
    rest=${BASH_REMATCH[2]}
    if [[ $rest == *\?* ]]; then
        query="?${rest#*\?}"
        rest=${rest%%\?*}
    fi
    if [[ $rest == *@* ]]; then
        user=${rest%@*}
        rest=${rest##*@}
        [[ $user != *:* ]] || password=${user#*:}
        user=${user%%:*}
    fi
    [[ $rest == */?* && -n $user ]] || die "HOLDFAST_DB_URL names no user or no database." "Give it as postgres://user:password@host:5432/database."
    property holdfast.db.jdbc-url "jdbc:postgresql://$rest$query"
    property holdfast.db.user "$(percent_decode "$user")"
    property holdfast.db.password "$(percent_decode "$password")"
}

# What the server is told, as one properties file. Later lines win: the user's file, the environment,
# what the demo set up, what follows from all of these. Secrets travel here, never in an argument.
server_properties() {
    local name
    [[ ! -r $DATA_DIR/holdfast.properties ]] || cat "$DATA_DIR/holdfast.properties"
    echo
    while read -r name; do
        [[ ! $name =~ $PASSED_ON ]] || property "$name" "${!name}"
    done < <(compgen -e)
    [[ ! -r $DATA_DIR/demo/server.properties ]] || cat "$DATA_DIR/demo/server.properties"
    property HOLDFAST_DATA_DIR "$DATA_DIR/server"
    property HOLDFAST_SCRATCH_DIR "$(setting HOLDFAST_SCRATCH_DIR "$DATA_DIR/server/tmp")"
    property HOLDFAST_DB_URL "$(catalog_url)"
    datasource "$(catalog_url)"
    property javax.net.ssl.keyStore "$DATA_DIR/server/tls.p12"
    property javax.net.ssl.keyStoreType PKCS12
    property javax.net.ssl.keyStorePassword "$(secret keystore)"
}

# Settings that are files of their own: their names are the settings' names, their content the values.
secrets_directory() {
    local dir
    dir=$(setting HOLDFAST_SECRETS_DIR)
    [[ -n $dir ]] || return 0
    [[ $dir == /* && -d $dir && $dir =~ ^[A-Za-z0-9/._-]+$ ]] ||
        die "HOLDFAST_SECRETS_DIR is '$dir', which is no directory that the server can be given." "Give an absolute path of letters, digits, dots, dashes and underscores."
    reachable_by "$(server_user)" "$dir" || die "user $(server_user) cannot open $dir." "Let that user read the directory and its files, and nobody else."
    printf 'set configs.config.server-config.microprofile-config.secret-dir=%s\n' "$dir"
}

private_catalog() { [[ -d $DATA_DIR/demo || -z $(setting HOLDFAST_DB_URL) ]]; }

catalog_url() {
    if private_catalog; then
        cluster_url catalog holdfast holdfast
    else
        setting HOLDFAST_DB_URL
    fi
}

# write_for_server FILE: standard input into a file that only the server's user reads.
write_for_server() {
    cat >"$1.new"
    if is_root; then chown "$(server_user):" "$1.new"; fi
    mv -f "$1.new" "$1"
}

# start_server: (re)starts it if it is down, or its WAR or its settings are new.
start_server() {
    local home=$DATA_DIR/server jdk port user secrets war=$DATA_DIR/lib/holdfast.war
    user=$(server_user)
    # Not within the here-document: what is refused there would be passed over.
    secrets=$(secrets_directory)
    port=$(https_port)
    ensure_certificate
    server_properties | write_for_server "$home/settings.properties"
    write_for_server "$home/listeners.asadmin" <<CONF
set configs.config.server-config.network-config.network-listeners.network-listener.http-listener.enabled=false
set configs.config.server-config.network-config.network-listeners.network-listener.https-listener.address=$(bind_address)
set configs.config.server-config.network-config.protocols.protocol.https-listener.http.server-header=false
$secrets
CONF
    jdk=$(find_jdk)
    reachable_by "$user" "$jdk/bin/java" || die "user $user cannot run $jdk/bin/java." "Unset JAVA_HOME, or point it to a JDK outside of /root."
    local -a java=("$jdk/bin/java" -Xmx"$(setting HOLDFAST_HEAP 768m)" -XX:+UseSerialGC)
    [[ $(jdk_version "$jdk") -lt 22 ]] || java+=(--enable-native-access=ALL-UNNAMED)
    # Named, it is not looked for anew at each use of JSON: that was half the time of a REST answer.
    java+=(-Djakarta.json.provider=org.eclipse.parsson.JsonProviderImpl)
    # Certificates of stores and webhooks are checked against the JDK's list, not against Payara's own.
    java+=("-Djavax.net.ssl.trustStore=$jdk/lib/security/cacerts" "-Djava.io.tmpdir=$home/tmp" -Djava.awt.headless=true)
    write_for_server "$home/logging.properties" <"$ROOT/deploy/logging.properties"
    java+=(-Duser.timezone=UTC -jar "$(payara_jar)" --nohazelcast --disablephonehome --sslport "$port" --sslcert holdfast
        --prebootcommandfile "$home/listeners.asadmin" --systemproperties "$home/settings.properties"
        --logproperties "$home/logging.properties"
        --deploy "$war" --contextroot /)
    local state
    state=$( (printf '%s\n' "${java[@]}" && cat "$home/settings.properties" "$home/listeners.asadmin" && sha256sum "$war" "$home/tls.p12") | sha256sum)
    if running server; then
        if [[ $state == "$(cat "$DATA_DIR/run/server.state" 2>/dev/null)" ]]; then
            return
        fi
        stop_process server
    fi
    require_free_port "$port" HOLDFAST_HTTPS_PORT
    find "$home/tmp" -mindepth 1 -delete
    say 'Starting the console'
    start_process server "$user" "$home" "${java[@]}"
    printf '%s\n' "$state" >"$DATA_DIR/run/server.state"
}

# http_status PATH: 000 while nobody answers.
http_status() { curl -s -o /dev/null -m 10 --cacert "$(certificate)" -w '%{http_code}' "$(server_url)$1" || true; }

# A failed deployment leaves a server that calls itself ready and answers 404, or 503: so the REST
# contract is asked too, and must refuse a stranger soon after Payara says that it has deployed.
await_server() {
    local deadline=$((SECONDS + 180)) deployed=0 rest
    while true; do
        rest=$(http_status /admin/backups)
        [[ $rest != 401 || $(http_status /health/ready) != 200 ]] || return 0
        running server || server_failed "the server ended while it started."
        if ((deployed == 0)) && grep -qaE 'PayaraMicro Payara Micro .* ready in' "$DATA_DIR/log/server.log"; then
            deployed=$SECONDS
        fi
        if ((deployed > 0 && SECONDS > deployed + 5)) && [[ $rest != 401 ]]; then
            server_failed "the server is up, but Holdfast did not start in it (GET /admin/backups answers $rest)."
        fi
        ((SECONDS < deadline)) || server_failed "the server is not ready after 180 s: $(curl -s -m 5 --cacert "$(certificate)" "$(server_url)/health/ready" | head -c 600)"
        sleep 0.3
    done
}

server_failed() {
    local log=$DATA_DIR/log/server.log
    stop_process server >/dev/null
    if grep -qa 'config\.Problems: ' "$log"; then
        sed -n '/config\.Problems: /,/^\tat /p' "$log" | sed -e '/^\tat /,$d' -e 's/.*config\.Problems: //' >&2
        die 'the configuration is refused, for the reasons above.' "Correct it in the environment or in $DATA_DIR/holdfast.properties."
    fi
    grep -aE '^Caused by: |Z SEVERE ' "$log" | awk '!seen[$0]++' | tail -n 5 | cut -c1-400 >&2 || true
    die "$1" "The reason is in $log."
}
