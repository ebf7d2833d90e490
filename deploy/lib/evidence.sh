# shellcheck shell=bash
# The verifier of evidence: a program that needs nothing but a JDK.

# cmd_verify_evidence ARGUMENTS…: its exit code is the verifier's.
cmd_verify_evidence() {
    local jdk jar=$ROOT/backup-domain/target/holdfast-verify.jar
    jdk=$(find_jdk)
    if [[ ! -s $jar || -n $(find "$ROOT/backup-domain/src/main/java/org/holdfast/verify" -newer "$jar" -print -quit) ]]; then
        maven -DskipTests -Dspotless.check.skip=true -pl backup-domain package ||
            die "the verifier could not be built." "Mend what Maven says above."
    fi
    exec "$jdk/bin/java" -jar "$jar" "$@"
}
