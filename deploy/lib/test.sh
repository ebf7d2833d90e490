# shellcheck shell=bash
# All tests, as .ci/run and people run them.

cmd_test() {
    [[ ${1:-} != -- ]] || shift
    require_packages run build test
    fetch_servers
    local jdk log status=0 start
    jdk=$(find_jdk)
    log=$DATA_DIR/test.log
    start=$(now_ms)
    say "Testing on $("$jdk/bin/java" -version 2>&1 | head -n 1)"
    # Without a UTF-8 locale Java cannot name the files that the tests need.
    (cd -- "$ROOT" && LC_ALL=C.UTF-8 JAVA_HOME=$jdk mvn -B -ntp clean verify "-Dpayara.microJar=$(payara_jar)" "$@") 2>&1 |
        tee "$log" || status=$?
    test_summary "$(seconds_since "$start")" "$status"
    return "$status"
}

# test_summary SECONDS STATUS: counts from the reports themselves, the failing tests by name.
test_summary() {
    local -a reports
    mapfile -t reports < <(find "$ROOT" -path '*/target/*-reports/TEST-*.xml' -not -path '*/.holdfast/*')
    say ''
    if ((${#reports[@]} > 0)); then
        awk -v seconds="$1" '
            function attribute(name,   value) {
                if (!match($0, " " name "=\"[^\"]*\"")) return ""
                value = substr($0, RSTART, RLENGTH); sub(/^[^"]*"/, "", value); sub(/"$/, "", value)
                return value
            }
            function plain(text) {
                gsub(/&#10;|&#9;/, " ", text); gsub(/&quot;/, "\"", text); gsub(/&apos;/, "\x27", text)
                gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/&amp;/, "\\&", text); gsub(/ +/, " ", text)
                return substr(text, 1, 400)
            }
            /<testsuite / { tests += attribute("tests"); skipped += attribute("skipped"); suites++ }
            /<testcase /  { current = attribute("classname") "." attribute("name") }
            /<(failure|error)[ >]/ {
                if (current != told) { print "  FAILED " current; print "         " plain(attribute("message")); failed++ }
                told = current
            }
            END { printf "%d tests in %d classes: %d failed, %d skipped; %s s\n",
                         tests, suites, failed, skipped, seconds }' "${reports[@]}"
    fi
    if (($2 == 0)); then say 'All tests passed.'; else say "The build failed (Maven's exit code $2)."; fi
}
