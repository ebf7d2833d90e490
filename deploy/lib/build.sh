# shellcheck shell=bash
# The JDK, Maven, and the servers that Maven fetches.

# Prints the newest JDK of 17 or later under /usr/lib/jvm; JAVA_HOME wins where it is set.
find_jdk() {
    local home version best='' best_version=0
    for home in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/*; do
        [[ -x $home/bin/javac && -r $home/release ]] || continue
        version=$(jdk_version "$home")
        [[ $version =~ ^[0-9]+$ ]] || continue
        if [[ -n ${JAVA_HOME:-} && $home == "$JAVA_HOME" ]]; then
            ((version >= 17)) || die "JAVA_HOME names JDK $version in $home; 17 is the oldest that works." \
                "Unset JAVA_HOME, or point it to a newer JDK."
            printf '%s' "$home"
            return
        fi
        if ((version >= 17 && version > best_version)); then
            best=$home best_version=$version
        fi
    done
    [[ -n $best ]] || die "no JDK 17 or newer was found under /usr/lib/jvm." \
        "As root: apt-get install --no-install-recommends openjdk-17-jdk-headless"
    printf '%s' "$best"
}

jdk_version() { sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"; }

# maven ARGUMENTS…: as few look-ups in the network as possible: offline first.
maven() {
    local jdk
    jdk=$(find_jdk)
    (
        umask 022
        cd -- "$ROOT" || exit
        export JAVA_HOME=$jdk
        mvn -q -B -o "$@" >/dev/null 2>&1 || mvn -q -B "$@" | sed 's/\x1b\[[0-9;]*m//g'
    )
}

pom_property() { sed -n "s|.*<$1>\(.*\)</$1>.*|\1|p" "$ROOT/pom.xml" | head -n 1; }

payara_jar() { printf '%s/payara-micro-%s.jar' "$DATA_DIR/lib" "$(pom_property payara.version)"; }

s3proxy_jar() { printf '%s/s3proxy-%s-jar-with-dependencies.jar' "$DATA_DIR/lib" "$(pom_property s3proxy.version)"; }

# The application server and the S3 server, in the versions that the parent pom pins.
fetch_servers() {
    [[ -s $(payara_jar) && -s $(s3proxy_jar) ]] && return
    mkdir -p "$DATA_DIR/lib"
    say 'Fetching Payara Micro and S3Proxy (157 MB, once)'
    maven -N dependency:copy@servers -Dholdfast.lib="$DATA_DIR/lib" ||
        die "Payara Micro and S3Proxy could not be fetched by Maven." \
            "See what Maven says above: the first run needs a way to Maven Central."
}

war_is_old() {
    local war=$DATA_DIR/lib/holdfast.war
    [[ ! -s $war || -n $(find "$ROOT/pom.xml" "$ROOT"/*/pom.xml "$ROOT"/*/src/main "$ROOT/runbooks" -newer "$war" -print -quit 2>/dev/null) ]]
}

build_is_needed() { [[ ! -s $(payara_jar) || ! -s $(s3proxy_jar) ]] || war_is_old; }

# build_war: into lib/, if a source is newer than what lies there. Tests and the formatter's check are
# not what somebody waits for who wants to see it run; 'test' does them.
build_war() {
    local war=$DATA_DIR/lib/holdfast.war
    war_is_old || return 0
    say 'Building Holdfast'
    maven -DskipTests -Dspotless.check.skip=true package || die "the build failed." "Mend what Maven says above."
    cp -f "$ROOT/backup-web/target/holdfast.war" "$war.new"
    chmod 644 "$war.new"
    mv -f "$war.new" "$war"
}
