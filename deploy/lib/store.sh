# shellcheck shell=bash
# S3Proxy: the demo's S3 store, with credentials of its own, on loopback, its objects in files.

start_s3proxy() {
    local home=$DATA_DIR/s3 user port jdk
    user=$(server_user)
    own "$user" 700 "$home" "$home/objects" "$home/objects/holdfast" "$home/tmp"
    if running s3proxy; then return; fi
    port=$(free_port "$(cat "$home/port" 2>/dev/null || echo $(($(https_port) + 4)))")
    echo "$port" >"$home/port"
    write_for_server "$home/s3proxy.properties" <<CONF
s3proxy.endpoint=http://127.0.0.1:$port
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity=holdfast-demo
s3proxy.credential=$(secret s3)
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=$home/objects
CONF
    # S3Proxy logs every request in detail unless told otherwise, which costs most of its speed.
    write_for_server "$home/logback.xml" <<'CONF'
<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{yyyy-MM-dd'T'HH:mm:ss,UTC} %level %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="out"/></root>
</configuration>
CONF
    jdk=$(find_jdk)
    start_process s3proxy "$user" "$home" "$jdk/bin/java" -Xmx192m -XX:+UseSerialGC "-Djava.io.tmpdir=$home/tmp" \
        "-Dlogback.configurationFile=$home/logback.xml" -jar "$(s3proxy_jar)" --properties "$home/s3proxy.properties"
}

s3_endpoint() { printf 'http://127.0.0.1:%s' "$(cat "$DATA_DIR/s3/port")"; }

# An unsigned request must be answered, and refused.
await_s3proxy() {
    local deadline=$((SECONDS + 60))
    until [[ $(curl -s -o /dev/null -m 5 -w '%{http_code}' "$(s3_endpoint)/holdfast") == 403 ]]; do
        running s3proxy || die "S3Proxy ended: $(tail -n 1 "$DATA_DIR/log/s3proxy.log")" "See $DATA_DIR/log/s3proxy.log."
        ((SECONDS < deadline)) || die "S3Proxy does not answer at $(s3_endpoint) after 60 s." "See $DATA_DIR/log/s3proxy.log."
        sleep 0.2
    done
}
