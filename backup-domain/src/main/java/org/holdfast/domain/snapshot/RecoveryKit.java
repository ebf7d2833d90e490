package org.holdfast.domain.snapshot;

import java.util.Collection;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The two files that lie beside every snapshot, so that it can be recovered with Debian's own tools
 * when Holdfast is not there: {@code RECOVER.md} for people and {@code recover.sh}, which does what
 * it says. Both are made for the one snapshot and carry its facts.
 *
 * <p>The script proves before it acts: signature of the manifest, then the SHA-256 of every object,
 * then that the identity opens the dump; only then is the first statement sent anywhere.
 */
public final class RecoveryKit {
    private final RecoveryFacts facts;

    public RecoveryKit(RecoveryFacts facts) {
        this.facts = facts;
    }

    /** {@code recover.sh}, UTF-8, to be run with bash. */
    public String script() {
        return HEAD + variables() + BODY;
    }

    private String variables() {
        String dump = facts.format().objectName();
        return "SNAPSHOT="
                + quote(facts.snapshot().toString())
                + "\nDATABASE="
                + quote(facts.database())
                + "\nTAKEN_AT="
                + quote(facts.takenAt().toString())
                + "\nMAJOR="
                + facts.serverMajor()
                + "\nENCODING="
                + quote(facts.encoding())
                + "\nCOLLATE="
                + quote(facts.collate())
                + "\nCTYPE="
                + quote(facts.ctype())
                + "\nICU_LOCALE="
                + quote(facts.icuLocale().orElse(""))
                + "\nEXTENSIONS="
                + array(new TreeMap<>(facts.extensions()).keySet())
                + "\nFORMAT="
                + switch (facts.format()) {
                    case CUSTOM -> "custom";
                    case PLAIN_GZ -> "plain";
                }
                + "\nDUMP="
                + quote(dump)
                + "\nGLOBALS="
                + quote(facts.hasGlobals() ? SnapshotKeys.GLOBALS : "")
                + "\n# SHA-256, bytes, name\nOBJECTS="
                + array(
                        facts.objects().stream()
                                .map(o -> o.sha256() + " " + o.size() + " " + o.name())
                                .toList())
                + "\nRECIPIENTS="
                + array(facts.recipients())
                + "\nFINGERPRINT="
                + quote(facts.fingerprint().hex())
                + "\nPUBLIC_KEY="
                + quote(facts.publicKeyPem().strip())
                + "\n";
    }

    /** {@code RECOVER.md}, UTF-8. Its {@code sh} blocks, run in order, recover the database. */
    public String instructions() {
        boolean custom =
                switch (facts.format()) {
                    case CUSTOM -> true;
                    case PLAIN_GZ -> false;
                };
        String text = custom ? INSTRUCTIONS : INSTRUCTIONS.replace(CUSTOM_STEPS, PLAIN_STEPS);
        if (!facts.hasGlobals()) {
            text = text.replace(GLOBALS_STEPS, "");
        }
        String locale =
                facts.icuLocale()
                        .map(icu -> "--locale-provider=icu --icu-locale=" + quote(icu) + " ")
                        .orElse("");
        return text.replace("@SNAPSHOT@", facts.snapshot().toString())
                .replace("@TAKEN_AT@", facts.takenAt().toString())
                .replace("@MAJOR@", Integer.toString(facts.serverMajor()))
                .replace("@DUMP@", facts.format().objectName())
                .replace("@FINGERPRINT@", facts.fingerprint().hex())
                .replace("@PUBLIC_KEY@", facts.publicKeyPem().strip())
                .replace("@RECIPIENTS@", bullets(facts.recipients()))
                .replace("@SUMS@", sums())
                .replace("@SIZES@", sizes())
                .replace("@EXTENSIONS@", extensions())
                .replace(
                        "@CREATEDB@",
                        "createdb --template=template0 --encoding="
                                + quote(facts.encoding())
                                + " --lc-collate="
                                + quote(facts.collate())
                                + " --lc-ctype="
                                + quote(facts.ctype())
                                + " "
                                + locale
                                + "\"$NEW\"")
                .replace("@LOCKED@", locked())
                .replace("@DATABASE@", plain(facts.database()));
    }

    private String sums() {
        return facts.objects().stream()
                .map(object -> object.sha256() + "  " + object.name())
                .collect(Collectors.joining("\n"));
    }

    private String sizes() {
        return facts.objects().stream()
                .map(
                        object ->
                                "| `"
                                        + object.name()
                                        + "` | "
                                        + String.format(java.util.Locale.ROOT, "%,d", object.size())
                                        + " |")
                .collect(Collectors.joining("\n"));
    }

    private String extensions() {
        return facts.extensions().isEmpty()
                ? "none"
                : new TreeMap<>(facts.extensions())
                        .entrySet().stream()
                                .map(e -> plain(e.getKey()) + " " + plain(e.getValue()))
                                .collect(Collectors.joining(", "));
    }

    /** Identities that a passphrase opens, as files to be made. */
    private String locked() {
        return facts.locked().isEmpty()
                ? ""
                : LOCKED_HEAD
                        + new TreeMap<>(facts.locked())
                                .entrySet().stream()
                                        .map(
                                                e ->
                                                        LOCKED.replace("@RECIPIENT@", e.getKey())
                                                                .replace(
                                                                        "@SHORT@",
                                                                        e.getKey().substring(4, 12))
                                                                .replace("@FILE@", e.getValue()))
                                        .collect(Collectors.joining());
    }

    private static String bullets(Collection<String> items) {
        return items.stream().map(item -> "- `" + item + "`").collect(Collectors.joining("\n"));
    }

    private static String array(Collection<String> items) {
        return items.isEmpty()
                ? "()"
                : "(\n"
                        + items.stream()
                                .map(item -> "    " + quote(item) + "\n")
                                .collect(Collectors.joining())
                        + ")";
    }

    /** One word of the shell, whatever is in it (POSIX 2.2.2). */
    static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    /** A name of the database's choosing as text of a page: no line, no markup of its own. */
    private static String plain(String name) {
        return name.replaceAll("[\\p{Cntrl}`<>@|]", "?");
    }

    private static final String HEAD =
            """
            #!/usr/bin/env bash
            # Recovers this one snapshot without Holdfast. See RECOVER.md beside it, or run it with --help.
            set -euo pipefail
            umask 077
            export LC_ALL=C

            # ---- facts of this snapshot -------------------------------------------------------------
            """;

    private static final String BODY =
            """
            # -----------------------------------------------------------------------------------------

            HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

            usage() {
                cat <<'END'
            usage: recover.sh [-i IDENTITY] [-k PUBLIC_KEY] ACTION

              -i FILE            age identity (AGE-SECRET-KEY-1...) that opens the snapshot
              -k FILE            the public key you trust (PEM); without it the key that came with the
                                 snapshot is used, which proves only that the files fit together

            ACTION, one of:
              --verify           check signature and hashes; with -i also decrypt, decompress and read
                                 the archive to its end. Sends nothing anywhere.
              --list             print the archive's table of contents
              --to-file FILE     write the decrypted dump to FILE (mode 0600, must not exist)
              --into URL         restore into the empty database of URL (postgresql://user@host:port/db);
                                 give passwords by ~/.pgpass or PGPASSWORD
                --create         create that database first, with the encoding and locale of the source
                --locale NAME    ... with this locale instead, where the server has not the source's
                --globals        run the roles and tablespaces first (without passwords); what exists
                                 already is left and reported

            exit codes:
              0 done   2 usage   3 a tool is missing or too old   4 the signature is not valid
              5 an object is missing or not what was signed   6 the identity does not open it, or the
              content is damaged   7 the target does not fit   8 the restore failed on the way
            END
            }

            say() { printf '%s\\n' "$*"; }

            fail() {
                local code=$1
                shift
                printf 'recover.sh: %s\\n' "$@" >&2
                exit "$code"
            }

            need() {
                command -v "$1" >/dev/null || fail 3 "$1 is missing. Install it: apt-get install $2"
            }

            need_client() {
                need "$1" postgresql-client
                local version
                version=$("$1" --version)
                version=${version##*(PostgreSQL) }
                version=${version%%[!0-9]*}
                [ "${version:-0}" -ge "$MAJOR" ] || fail 3 \\
                    "$1 is of PostgreSQL ${version:-?}; the dump needs $MAJOR or newer." \\
                    "Install it: apt-get install postgresql-client-$MAJOR (from apt.postgresql.org if Debian has it not)."
            }

            IDENTITY='' TRUSTED='' ACTION='' OUT='' URL='' CREATE=no LOCALE='' WITH_GLOBALS=no

            parse() {
                [ $# -gt 0 ] || { usage >&2; exit 2; }
                while [ $# -gt 0 ]; do
                    case $1 in
                        -i | -k | --to-file | --into | --locale)
                            [ $# -gt 1 ] || fail 2 "$1 needs a value." ;;
                    esac
                    case $1 in
                        --verify | --list | --to-file | --into)
                            [ -z "$ACTION" ] || fail 2 "One action only: $ACTION or $1." ;;
                    esac
                    case $1 in
                        -i) IDENTITY=$2; shift ;;
                        -k) TRUSTED=$2; shift ;;
                        --verify | --list) ACTION=$1 ;;
                        --to-file) ACTION=$1 OUT=$2; shift ;;
                        --into) ACTION=$1 URL=$2; shift ;;
                        --create) CREATE=yes ;;
                        --locale) LOCALE=$2; shift ;;
                        --globals) WITH_GLOBALS=yes ;;
                        -h | --help) usage; exit 0 ;;
                        *) fail 2 "$1 is no option of this script; see --help." ;;
                    esac
                    shift
                done
                [ -n "$ACTION" ] || fail 2 "Say what to do: --verify, --list, --to-file or --into."
                [ "$ACTION" = --into ] || [ "$CREATE$WITH_GLOBALS$LOCALE" = nono ] \\
                    || fail 2 "--create, --locale and --globals belong to --into."
                [ -n "$IDENTITY" ] || [ "$ACTION" = --verify ] \\
                    || fail 2 "$ACTION needs an identity: -i FILE"
                [ -z "$IDENTITY" ] || [ -r "$IDENTITY" ] || fail 2 "The identity file $IDENTITY cannot be read."
                [ -z "$TRUSTED" ] || [ -r "$TRUSTED" ] || fail 2 "The public key $TRUSTED cannot be read."
                [ "$WITH_GLOBALS" = no ] || [ -n "$GLOBALS" ] || fail 2 "This snapshot has no globals."
                if [ "$ACTION" = --to-file ] && [ -e "$OUT" ]; then
                    fail 2 "$OUT exists; nothing is written over."
                fi
            }

            need_tools() {
                need sha256sum coreutils
                need openssl openssl
                [ -n "$IDENTITY" ] || return 0
                need age age
                if [ "$FORMAT" = custom ]; then need zstd zstd; else need gzip gzip; fi
                [ -z "$GLOBALS" ] || need zstd zstd
                if [ "$FORMAT" = custom ] && [ "$ACTION" != --to-file ]; then need_client pg_restore; fi
                if [ "$ACTION" = --into ]; then
                    need_client psql
                    [ "$CREATE" = no ] || need_client createdb
                fi
            }

            check_signature() {
                local key found file
                for file in manifest.json manifest.json.sig; do
                    [ -r "$HERE/$file" ] || fail 5 "$file is missing in $HERE."
                done
                if [ -n "$TRUSTED" ]; then
                    key=$(cat -- "$TRUSTED")
                else
                    key=$PUBLIC_KEY
                fi
                found=$(openssl pkey -pubin -outform DER <<<"$key" 2>/dev/null | sha256sum) \\
                    || fail 4 "The public key ${TRUSTED:-in this script} is no public key in PEM."
                found=${found%% *}
                openssl pkeyutl -verify -pubin -inkey <(printf '%s\\n' "$key") -rawin \\
                    -in "$HERE/manifest.json" -sigfile "$HERE/manifest.json.sig" >/dev/null 2>&1 \\
                    || fail 4 "manifest.json is not signed by the key $found." \\
                        "Take the files from another store, or the public key this installation signs with now or signed with then."
                grep -qF -- "$SNAPSHOT" "$HERE/manifest.json" \\
                    || fail 5 "manifest.json belongs to another snapshot than this script ($SNAPSHOT)."
                say "signature   good, by the key $found"
                if [ -z "$TRUSTED" ]; then
                    say "            WARNING: that key came with the snapshot. Compare it with the fingerprint you"
                    say "            keep elsewhere, or give the key you trust with -k FILE."
                elif [ "$found" != "$FINGERPRINT" ]; then
                    say "            (not the key of this script, $FINGERPRINT)"
                fi
            }

            check_objects() {
                local object sum size name file found
                for object in "${OBJECTS[@]}"; do
                    read -r sum size name <<<"$object"
                    file=$HERE/$name
                    grep -qF -- "$sum" "$HERE/manifest.json" \\
                        || fail 5 "The signed manifest does not name the hash this script has for $name." \\
                            "Take recover.sh and manifest.json from the same snapshot."
                    [ -r "$file" ] || fail 5 "$name is missing in $HERE."
                    found=$(stat -c %s -- "$file")
                    [ "$found" = "$size" ] || fail 5 "$name is $found bytes long; $size were signed." \\
                        "Fetch it again, or take the copy of another store."
                    found=$(sha256sum <"$file")
                    [ "${found%% *}" = "$sum" ] || fail 5 "$name is damaged: its SHA-256 is not the signed one." \\
                        "Fetch it again, or take the copy of another store."
                    say "hash        good, $name ($size bytes)"
                done
                found=$(sha256sum <"${BASH_SOURCE[0]}")
                grep -qF -- "${found%% *}" "$HERE/manifest.json" \\
                    || say "            note: this recover.sh is not the one that was signed."
            }

            unpacked() {
                case $1 in
                    *.zst.age) age -d -i "$IDENTITY" "$HERE/$1" | zstd -dcq ;;
                    *.gz.age) age -d -i "$IDENTITY" "$HERE/$1" | gzip -dc ;;
                esac
            }

            check_identity() {
                local first
                first=$({ unpacked "$DUMP" 2>/dev/null || true; } | head -c 1 | wc -c)
                [ "$first" -gt 0 ] || fail 6 "The identity $IDENTITY does not open $DUMP." \\
                    "It was encrypted to: ${RECIPIENTS[*]}"
                say "identity    opens it"
            }

            damaged() {
                fail 6 "$DUMP does not decrypt and decompress to its end, or is no whole archive."
            }

            read_through() {
                if [ "$FORMAT" = custom ]; then
                    unpacked "$DUMP" | pg_restore -f /dev/null || damaged
                else
                    unpacked "$DUMP" >/dev/null || damaged
                fi
                say "content     reads to its end"
            }

            list() {
                if [ "$FORMAT" = custom ]; then
                    unpacked "$DUMP" | { pg_restore -l && cat >/dev/null; } || damaged
                else
                    unpacked "$DUMP" | { grep -E '^(CREATE|ALTER TABLE|COPY) ' || true; } || damaged
                fi
            }

            to_file() {
                local partial=$OUT.partial
                unpacked "$DUMP" >"$partial" || { rm -f -- "$partial"; damaged; }
                mv -n -- "$partial" "$OUT"
                say "written     $OUT"
                if [ "$FORMAT" = custom ]; then
                    say "next        pg_restore --no-owner --no-privileges --exit-on-error -d NEW_DATABASE $OUT"
                fi
            }

            ask() {
                psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c "$2"
            }

            # Splits URL into MAINTENANCE (the same server's database postgres) and NAME.
            split_url() {
                case $URL in
                    postgresql://*/?* | postgres://*/?*) ;;
                    *) fail 2 "--create and --globals need a URL: postgresql://user@host:port/database" ;;
                esac
                local rest=${URL#*://} query=''
                case $rest in
                    *\\?*) query="?${rest#*\\?}" rest=${rest%%\\?*} ;;
                esac
                NAME=${rest#*/}
                case $NAME in
                    *%*) printf -v NAME '%b' "${NAME//%/\\\\x}" ;;
                esac
                MAINTENANCE=${URL%%://*}://${rest%%/*}/postgres$query
            }

            create_database() {
                local options=(--template=template0 "--encoding=$ENCODING")
                if [ -n "$LOCALE" ]; then
                    options+=("--locale=$LOCALE")
                else
                    options+=("--lc-collate=$COLLATE" "--lc-ctype=$CTYPE")
                    [ -z "$ICU_LOCALE" ] || options+=(--locale-provider=icu "--icu-locale=$ICU_LOCALE")
                fi
                createdb --maintenance-db="$MAINTENANCE" "${options[@]}" -- "$NAME" \\
                    || fail 7 "The database $NAME could not be created." \\
                        "Where the server has not the source's locale ($COLLATE), choose one: --locale C.UTF-8"
                say "created     $NAME"
            }

            check_target() {
                local found missing='' extension
                found=$(ask "$URL" 'SHOW server_version_num') || fail 7 "The target cannot be reached."
                [ "$((found / 10000))" -ge "$MAJOR" ] \\
                    || say "            WARNING: the target is PostgreSQL $((found / 10000)), the source was $MAJOR."
                found=$(ask "$URL" "
                    SELECT (SELECT count(*) FROM pg_catalog.pg_class c
                              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                             WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                               AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                                    WHERE d.classid = 'pg_catalog.pg_class'::regclass
                                      AND d.objid = c.oid AND d.deptype = 'e'))
                         + (SELECT count(*) FROM pg_catalog.pg_largeobject_metadata)")
                [ "$found" = 0 ] || fail 7 "The target is not empty: it has $found tables or other objects." \\
                    "Restore into a new database: give another name and --create."
                for extension in "${EXTENSIONS[@]}"; do
                    found=$(psql -XAtq -v ON_ERROR_STOP=1 -v "name=$extension" -d "$URL" \\
                        <<<"SELECT count(*) FROM pg_catalog.pg_available_extensions WHERE name = :'name'")
                    [ "$found" = 1 ] || missing="$missing $extension"
                done
                [ -z "$missing" ] || fail 7 "The target's server lacks extensions the database uses:$missing" \\
                    "Install them there (apt-get install postgresql-contrib, or the extension's own package)."
                say "target      empty and fit"
            }

            restore_globals() {
                unpacked "$GLOBALS" | psql -Xq -d "$MAINTENANCE" >/dev/null \\
                    || fail 8 "The globals could not be run."
                say "globals     run (roles that existed are reported above and were left)"
            }

            restore() {
                if [ "$FORMAT" = custom ]; then
                    unpacked "$DUMP" | pg_restore --no-owner --no-privileges --exit-on-error -d "$URL"
                else
                    unpacked "$DUMP" | psql -Xq -v ON_ERROR_STOP=1 --single-transaction -d "$URL" >/dev/null
                fi
            }

            into() {
                if [ "$CREATE" = yes ] || [ "$WITH_GLOBALS" = yes ]; then split_url; fi
                [ "$CREATE" = no ] || create_database
                check_target
                [ "$WITH_GLOBALS" = no ] || restore_globals
                restore || fail 8 "The restore failed; what is in the target now is not whole." \\
                    "Mend the cause said above, drop that database and run this again into a new one."
                say "restored    \\"$DATABASE\\" as of $TAKEN_AT. Run ANALYZE in it before it is used."
            }

            parse "$@"
            need_tools
            check_signature
            check_objects
            if [ -z "$IDENTITY" ]; then
                say "verified    signature and hashes. Give -i FILE to read the content too."
                exit 0
            fi
            check_identity
            case $ACTION in
                --verify) read_through; say "verified    snapshot $SNAPSHOT" ;;
                --list) list ;;
                --to-file) to_file ;;
                --into) into ;;
            esac
            """;

    private static final String CUSTOM_STEPS =
            """
            ```sh
            age -d -i "$IDENTITY" @DUMP@ | zstd -dc > database.dump
            pg_restore -f /dev/null database.dump
            @CREATEDB@
            pg_restore --no-owner --no-privileges --exit-on-error -d "$NEW" database.dump
            psql -d "$NEW" -c 'ANALYZE'
            rm database.dump
            ```
            """;

    private static final String PLAIN_STEPS =
            """
            ```sh
            age -d -i "$IDENTITY" @DUMP@ | gzip -dc > database.sql
            @CREATEDB@
            psql -X -v ON_ERROR_STOP=1 --single-transaction -d "$NEW" -f database.sql
            psql -d "$NEW" -c 'ANALYZE'
            rm database.sql
            ```
            """;

    private static final String GLOBALS_STEPS =
            """

            Roles and tablespaces, without passwords, are in `globals.sql.zst.age`; read them before you run them:

            ```
            age -d -i "$IDENTITY" globals.sql.zst.age | zstd -dc | less
            ```
            """;

    private static final String LOCKED_HEAD =
            """

            ## With a passphrase

            A passphrase opens the identity of the following: make the file, and give it wherever an identity is asked
            for below. `age` asks for the passphrase each time it reads it, at a terminal.
            """;

    private static final String LOCKED =
            """

            ```
            cat > passphrase-@SHORT@.age <<'AGE'   # of @RECIPIENT@
            @FILE@AGE
            bash recover.sh -i passphrase-@SHORT@.age --verify
            ```
            """;

    private static final String INSTRUCTIONS =
            """
            # Recover "@DATABASE@" as of @TAKEN_AT@

            Snapshot `@SNAPSHOT@`, taken from PostgreSQL @MAJOR@. Everything needed is in this directory, except the
            **identity** that opens it. Holdfast is not needed.

            | file | bytes |
            |---|---|
            @SIZES@

            Extensions in use: @EXTENSIONS@. The identity of any one of these recipients opens it:

            @RECIPIENTS@
            @LOCKED@
            ## The short way

            ```
            apt-get install age zstd openssl postgresql-client
            bash recover.sh -i identity.txt -k trusted-public-key.pem --verify
            bash recover.sh -i identity.txt -k trusted-public-key.pem --into 'postgresql://user@host:5432/new_name' --create
            ```

            It checks the signature, then every hash, then that the identity fits, and only then sends anything.
            `bash recover.sh --help` lists what else it does and its exit codes. Passwords go into `~/.pgpass`.

            ## By hand

            Say where your identity lies and what the new database shall be called; where the server is and who you are
            goes into `PGHOST`, `PGPORT` and `PGUSER`.

            ```
            export IDENTITY=/path/to/identity.txt NEW=recovered
            ```

            1. Is it what was signed? The key's fingerprint (SHA-256 of its DER) is
               `@FINGERPRINT@`.
               Compare it with the one you keep elsewhere: a key that comes with the files proves only that they fit
               together.

            ```sh
            cat > signing.pub.pem <<'PEM'
            @PUBLIC_KEY@
            PEM
            openssl pkey -pubin -in signing.pub.pem -outform DER | sha256sum
            openssl pkeyutl -verify -pubin -inkey signing.pub.pem -rawin -in manifest.json -sigfile manifest.json.sig
            ```

            2. Is it whole? The same hashes stand in the signed `manifest.json`.

            ```sh
            sha256sum -c <<'SUMS'
            @SUMS@
            SUMS
            ```

            3. Decrypt, decompress, read through, restore into a new database. Go on only while every command succeeds.

            """
                    + CUSTOM_STEPS
                    + GLOBALS_STEPS;
}
