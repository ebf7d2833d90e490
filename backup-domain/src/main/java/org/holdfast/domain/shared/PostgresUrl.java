package org.holdfast.domain.shared;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.StringJoiner;

/**
 * Where a PostgreSQL database is and how to connect to it, as libpq's connection URI says it (<a
 * href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS">PostgreSQL
 * manual, 34.1.1.2</a>): {@code postgresql://user:password@host:port/database?sslmode=require}.
 *
 * <p>Stricter than libpq: user, host and database must be named, one host only, TCP only (the JDBC
 * probes know no unix socket), and nothing that reads files with connection data (service,
 * passfile). Link-local and cloud metadata addresses are refused, because a URL may come from a
 * person in the console. Pure: parsing resolves no name; whoever connects checks the resolved
 * address with {@link #forbidden(InetAddress)}.
 *
 * <p>{@link #toString()} is {@link #redacted()}: safe for logs.
 */
public final class PostgresUrl {
    private static final int DEFAULT_PORT = 5432;

    /** libpq parameter, the environment variable libpq reads it from, and pgjdbc's property. */
    private enum Parameter {
        SSLMODE("PGSSLMODE", "sslmode"),
        OPTIONS("PGOPTIONS", "options"),
        APPLICATION_NAME("PGAPPNAME", "ApplicationName"),
        CONNECT_TIMEOUT("PGCONNECT_TIMEOUT", "connectTimeout"),
        CLIENT_ENCODING("PGCLIENTENCODING", null),
        SSLROOTCERT("PGSSLROOTCERT", "sslrootcert"),
        SSLCERT("PGSSLCERT", "sslcert"),
        SSLKEY("PGSSLKEY", "sslkey"),
        SSLCRL("PGSSLCRL", null),
        SSLCRLDIR("PGSSLCRLDIR", null),
        SSLCOMPRESSION("PGSSLCOMPRESSION", null),
        SSLSNI("PGSSLSNI", null),
        SSLNEGOTIATION("PGSSLNEGOTIATION", "sslNegotiation"),
        SSLCERTMODE("PGSSLCERTMODE", null),
        SSL_MIN_PROTOCOL_VERSION("PGSSLMINPROTOCOLVERSION", null),
        SSL_MAX_PROTOCOL_VERSION("PGSSLMAXPROTOCOLVERSION", null),
        CHANNEL_BINDING("PGCHANNELBINDING", "channelBinding"),
        REQUIRE_AUTH("PGREQUIREAUTH", null),
        GSSENCMODE("PGGSSENCMODE", "gssEncMode"),
        KRBSRVNAME("PGKRBSRVNAME", "kerberosServerName"),
        TARGET_SESSION_ATTRS("PGTARGETSESSIONATTRS", null),
        FALLBACK_APPLICATION_NAME(null, null),
        KEEPALIVES(null, null),
        KEEPALIVES_IDLE(null, null),
        KEEPALIVES_INTERVAL(null, null),
        KEEPALIVES_COUNT(null, null),
        TCP_USER_TIMEOUT(null, null);

        private final String environment;
        private final String jdbc;

        Parameter(String environment, String jdbc) {
            this.environment = environment;
            this.jdbc = jdbc;
        }

        String key() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Parameter of(String key) {
            for (Parameter parameter : values()) {
                if (parameter.key().equals(key)) {
                    return parameter;
                }
            }
            return null;
        }
    }

    private static final Set<String> SSL_MODES =
            Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

    private static final Set<String> METADATA_NAMES =
            Set.of("metadata", "metadata.google.internal", "instance-data", "metadata.azure.com");

    private final String host;
    private final int port;
    private final String database;
    private final String user;
    private final Secret password;
    private final Map<String, String> parameters;

    private PostgresUrl(
            String host,
            int port,
            String database,
            String user,
            Secret password,
            Map<String, String> parameters) {
        this.host = host;
        this.port = port;
        this.database = database;
        this.user = user;
        this.password = password;
        this.parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /**
     * Reads a connection URI.
     *
     * @throws Refused code POSTGRES-URL or POSTGRES-ADDRESS, saying which part is wrong and how it
     *     should be; the message never repeats the password
     */
    public static PostgresUrl parse(String text) {
        String url = text == null ? "" : text.strip();
        int scheme = url.indexOf("://");
        if (scheme < 0) {
            throw malformed(
                    "A PostgreSQL URL begins with postgresql://, but this value has no scheme.",
                    "Write it as postgresql://user:password@host:5432/database.");
        }
        String name = url.substring(0, scheme);
        if (!name.equals("postgres") && !name.equals("postgresql")) {
            throw malformed(
                    "A PostgreSQL URL begins with postgresql://, not with \""
                            + (name.matches("[A-Za-z][A-Za-z0-9+.:-]{0,30}") ? name : "…")
                            + "://\".",
                    "Write it as postgresql://user:password@host:5432/database.");
        }
        String rest = url.substring(scheme + 3);
        int question = rest.indexOf('?');
        String query = question < 0 ? "" : rest.substring(question + 1);
        String front = question < 0 ? rest : rest.substring(0, question);
        int slash = front.indexOf('/');
        String authority = slash < 0 ? front : front.substring(0, slash);
        String path = slash < 0 ? "" : front.substring(slash + 1);

        Map<String, String> parameters = parameters(query);
        Authority where = Authority.of(authority);
        String host = override(parameters, "host", where.host());
        String portText = override(parameters, "port", where.port());
        String user = override(parameters, "user", where.user());
        String password = override(parameters, "password", where.password());
        String database = override(parameters, "dbname", decode(path, "database"));

        requireHost(host);
        if (user.isEmpty()) {
            throw malformed(
                    "The PostgreSQL URL names no user.",
                    "Write it as postgresql://user:password@host:5432/database.");
        }
        if (database.isEmpty()) {
            throw malformed(
                    "The PostgreSQL URL names no database.",
                    "Put it behind the host: postgresql://user:password@host:5432/database.");
        }
        requireNoControl(user, "user");
        requireNoControl(password, "password");
        requireNoControl(database, "database");
        return new PostgresUrl(
                host, port(portText), database, user, Secret.of(password), known(parameters));
    }

    /**
     * A server of this machine that is reached by a unix socket, as those that Holdfast makes for
     * itself are. People cannot write such a URL.
     *
     * @param directory of the socket, absolute
     */
    public static PostgresUrl ofSocket(String directory, int port, String user, String database) {
        if (!directory.startsWith("/")) {
            throw new IllegalArgumentException("The socket directory has to be absolute.");
        }
        return new PostgresUrl(
                directory,
                port,
                database,
                user,
                Secret.of(""),
                Map.of("sslmode", "disable", "gssencmode", "disable"));
    }

    /** Where the socket is, e.g. {@code /run/x/.s.PGSQL.5432}; empty for a server behind TCP. */
    public Optional<String> socket() {
        return host.startsWith("/") ? Optional.of(host + "/.s.PGSQL." + port) : Optional.empty();
    }

    /** Name or address, an IPv6 address without brackets; a socket's directory begins with /. */
    public String host() {
        return host;
    }

    public int port() {
        return port;
    }

    public String database() {
        return database;
    }

    public String user() {
        return user;
    }

    /** The password, empty where the URL has none. */
    public Secret password() {
        return password;
    }

    /** libpq's parameters by their lower-case names, in the order of the URL; no secret in them. */
    public Map<String, String> parameters() {
        return parameters;
    }

    public PostgresUrl withDatabase(String other) {
        if (other.isEmpty()) {
            throw new IllegalArgumentException("A database has a name.");
        }
        requireNoControl(other, "database");
        return new PostgresUrl(host, port, other, user, password, parameters);
    }

    public PostgresUrl withUser(String other) {
        if (other.isEmpty()) {
            throw new IllegalArgumentException("A user has a name.");
        }
        requireNoControl(other, "user");
        return new PostgresUrl(host, port, database, other, password, parameters);
    }

    public PostgresUrl withPassword(Secret other) {
        requireNoControl(other.reveal(), "password");
        return new PostgresUrl(host, port, database, user, other, parameters);
    }

    /**
     * The URL for logs, pages, manifests and audit: without the password (its place shows as {@code
     * ***}) and without the content of {@code options}, which may hold settings of an application.
     */
    public String redacted() {
        return write(password.isEmpty() ? "" : ":***", true);
    }

    /** The whole URL with its password. Call it where the value leaves for its one use. */
    public String reveal() {
        return write(password.isEmpty() ? "" : ":" + encode(password.reveal()), false);
    }

    /** pgjdbc's URL, without user and password; these are in {@link #jdbcProperties()}. */
    public String jdbcUrl() {
        return "jdbc:postgresql://"
                + (socket().isPresent() ? "localhost" : bracketed())
                + ":"
                + port
                + "/"
                + encode(database);
    }

    /**
     * pgjdbc 42.7's properties: user, password (where there is one) and every parameter that the
     * driver knows under its own name. A parameter that only libpq knows is left out; TLS modes are
     * the same on both sides.
     */
    public Properties jdbcProperties() {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        if (!password.isEmpty()) {
            properties.setProperty("password", password.reveal());
        }
        parameters.forEach(
                (key, value) -> {
                    Parameter parameter = Parameter.of(key);
                    if (parameter.jdbc != null) {
                        properties.setProperty(parameter.jdbc, value);
                    }
                });
        switch (parameters.getOrDefault("target_session_attrs", "any")) {
            case "read-write", "primary" -> properties.setProperty("targetServerType", "primary");
            case "read-only", "standby" -> properties.setProperty("targetServerType", "secondary");
            case "prefer-standby" -> properties.setProperty("targetServerType", "preferSecondary");
            default -> properties.setProperty("targetServerType", "any");
        }
        return properties;
    }

    /**
     * What a PostgreSQL client program needs in its environment to connect here: PGHOST, PGPORT,
     * PGUSER, PGDATABASE and one variable for every parameter that has one. Without the password:
     * that travels in a passfile.
     */
    public Map<String, String> libpqEnvironment() {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PGHOST", host);
        environment.put("PGPORT", Integer.toString(port));
        environment.put("PGUSER", user);
        environment.put("PGDATABASE", database);
        parameters.forEach(
                (key, value) -> {
                    Parameter parameter = Parameter.of(key);
                    if (parameter.environment != null) {
                        environment.put(parameter.environment, value);
                    }
                });
        return environment;
    }

    /**
     * Parameters that libpq reads from no environment variable (TCP keep-alive and the like): they
     * can only be put into a conninfo string.
     */
    public Map<String, String> parametersWithoutVariable() {
        Map<String, String> rest = new LinkedHashMap<>();
        parameters.forEach(
                (key, value) -> {
                    if (Parameter.of(key).environment == null) {
                        rest.put(key, value);
                    }
                });
        return rest;
    }

    /**
     * Whether an address must not be connected to: link-local (169.254.0.0/16, fe80::/10), the
     * metadata services of clouds, multicast. The caller has resolved the name; names may point
     * anywhere, so this is asked again at every connection.
     */
    public static boolean forbidden(InetAddress address) {
        if (address.isLinkLocalAddress() || address.isMulticastAddress()) {
            return true;
        }
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            // Alibaba Cloud's metadata service
            return (bytes[0] & 0xff) == 100
                    && (bytes[1] & 0xff) == 100
                    && (bytes[2] & 0xff) == 100
                    && (bytes[3] & 0xff) == 200;
        }
        if (address instanceof Inet6Address v6) {
            if (v6.isIPv4CompatibleAddress() && !v6.isLoopbackAddress() && !v6.isAnyLocalAddress()
                    || isNat64(bytes)) {
                return forbidden(lastFour(bytes));
            }
            // fd00:ec2::254, the metadata service of EC2
            return bytes[0] == (byte) 0xfd
                    && bytes[1] == 0
                    && bytes[2] == 0x0e
                    && bytes[3] == (byte) 0xc2;
        }
        return false;
    }

    @Override
    public String toString() {
        return redacted();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PostgresUrl url
                && host.equals(url.host)
                && port == url.port
                && database.equals(url.database)
                && user.equals(url.user)
                && password.equals(url.password)
                && parameters.equals(url.parameters);
    }

    @Override
    public int hashCode() {
        return java.util.Objects.hash(host, port, database, user);
    }

    private String bracketed() {
        if (socket().isPresent()) {
            return encode(host);
        }
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    private String write(String passwordPart, boolean safe) {
        String url =
                "postgresql://"
                        + encode(user)
                        + passwordPart
                        + "@"
                        + bracketed()
                        + ":"
                        + port
                        + "/"
                        + encode(database);
        if (parameters.isEmpty()) {
            return url;
        }
        StringJoiner query = new StringJoiner("&", "?", "");
        parameters.forEach(
                (key, value) ->
                        query.add(
                                key
                                        + "="
                                        + (safe && key.equals("options") ? "***" : encode(value))));
        return url + query;
    }

    /** What stands between {@code ://} and the first slash. */
    private record Authority(String user, String password, String host, String port) {
        static Authority of(String text) {
            int at = text.lastIndexOf('@');
            String people = at < 0 ? "" : text.substring(0, at);
            String place = text.substring(at + 1);
            if (people.indexOf('@') >= 0) {
                throw malformed(
                        "The PostgreSQL URL has more than one @ before the host.",
                        "Percent-encode the @ inside the user or the password as %40.");
            }
            int colon = people.indexOf(':');
            String user = colon < 0 ? people : people.substring(0, colon);
            String password = colon < 0 ? "" : people.substring(colon + 1);
            if (place.indexOf(',') >= 0) {
                throw severalHosts();
            }
            String host;
            String port;
            if (place.startsWith("[")) {
                int end = place.indexOf(']');
                String tail = end < 0 ? "" : place.substring(end + 1);
                if (end < 0 || !(tail.isEmpty() || tail.startsWith(":"))) {
                    throw malformed(
                            "The PostgreSQL URL's IPv6 address has no closing bracket.",
                            "Write the host as [2001:db8::1]:5432.");
                }
                host = place.substring(1, end);
                if (host.indexOf(':') < 0) {
                    throw malformed(
                            "Only an IPv6 address stands in brackets in a PostgreSQL URL.",
                            "Write the host without brackets, or as [2001:db8::1].");
                }
                port = tail.isEmpty() ? "" : tail.substring(1);
            } else {
                int mark = place.indexOf(':');
                if (mark >= 0 && place.indexOf(':', mark + 1) >= 0) {
                    throw malformed(
                            "The PostgreSQL URL's host has more than one colon.",
                            "Put an IPv6 address in brackets, [2001:db8::1]:5432; percent-encode"
                                    + " / and @ inside the password as %2F and %40.");
                }
                host = mark < 0 ? place : place.substring(0, mark);
                port = mark < 0 ? "" : place.substring(mark + 1);
            }
            return new Authority(
                    decode(user, "user"),
                    decode(password, "password"),
                    decode(host, "host"),
                    decode(port, "port"));
        }
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> found = new LinkedHashMap<>();
        if (query.isEmpty()) {
            return found;
        }
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals <= 0) {
                throw malformed(
                        "A parameter of the PostgreSQL URL has no name or no =.",
                        "Write parameters as ?name=value&name=value; percent-encode & and = inside"
                                + " a value.");
            }
            String key = decode(pair.substring(0, equals), "parameter name");
            String value = decode(pair.substring(equals + 1), "parameter " + printable(key));
            if (found.putIfAbsent(key, value) != null) {
                throw malformed(
                        "The PostgreSQL URL has the parameter "
                                + printable(key)
                                + " more than once.",
                        "Keep the one that is meant.");
            }
        }
        return found;
    }

    private static String override(Map<String, String> parameters, String key, String value) {
        String other = parameters.remove(key);
        if (other == null) {
            return value;
        }
        if (key.equals("host") && (other.startsWith("/") || other.startsWith("@"))) {
            throw unixSocket();
        }
        if (!value.isEmpty()) {
            throw malformed(
                    "The PostgreSQL URL says "
                            + key
                            + " twice: before the question mark and as a parameter.",
                    "Keep one of the two.");
        }
        return other;
    }

    private static Map<String, String> known(Map<String, String> parameters) {
        Map<String, String> known = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : parameters.entrySet()) {
            String key = entry.getKey();
            String value = entry.getValue();
            requireNoControl(value, "parameter " + printable(key));
            switch (key) {
                case "ssl" -> {
                    // libpq takes ssl=true for sslmode=require, "for the sake of JDBC"
                    if (!value.equals("true")) {
                        throw malformed(
                                "The parameter ssl of a PostgreSQL URL can only be true.",
                                "Use sslmode=disable, prefer, require, verify-ca or verify-full.");
                    }
                    known.putIfAbsent("sslmode", "require");
                }
                case "hostaddr" ->
                        throw malformed(
                                "The parameter hostaddr of a PostgreSQL URL is not supported.",
                                "Name the address as the host.");
                case "service", "servicefile", "passfile" ->
                        throw malformed(
                                "The parameter "
                                        + key
                                        + " would make the connection depend on a file of this"
                                        + " machine.",
                                "Write host, user and password into the URL itself.");
                case "sslpassword" ->
                        throw malformed(
                                "The parameter sslpassword of a PostgreSQL URL is not supported.",
                                "Use a client key file without a pass phrase, readable by"
                                        + " Holdfast's user only.");
                case "replication" ->
                        throw malformed(
                                "The parameter replication does not belong into this URL.",
                                "Remove it; replication connections are made where they are"
                                        + " needed.");
                default -> {
                    Parameter parameter = Parameter.of(key);
                    if (parameter == null) {
                        throw malformed(
                                "The PostgreSQL URL has a parameter libpq does not know: "
                                        + printable(key)
                                        + ".",
                                "Remove it, or correct its spelling (sslmode, options,"
                                        + " connect_timeout, …).");
                    }
                    check(parameter, value);
                    known.put(key, value);
                }
            }
        }
        return known;
    }

    private static void check(Parameter parameter, String value) {
        if (parameter == Parameter.SSLMODE && !SSL_MODES.contains(value)) {
            throw malformed(
                    "sslmode in the PostgreSQL URL is not one that libpq knows.",
                    "Use disable, allow, prefer, require, verify-ca or verify-full.");
        }
        if (parameter == Parameter.CONNECT_TIMEOUT && !value.matches("[0-9]{1,5}")) {
            throw malformed(
                    "connect_timeout in the PostgreSQL URL is not a number of seconds.",
                    "Write for example connect_timeout=10.");
        }
    }

    private static int port(String text) {
        if (text.isEmpty()) {
            return DEFAULT_PORT;
        }
        if (text.indexOf(',') >= 0) {
            throw severalHosts();
        }
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65535) {
            throw malformed(
                    "The PostgreSQL URL's port is not a number from 1 to 65535.",
                    "Write it behind the host as :5432; percent-encode / and @ inside the password"
                            + " as %2F and %40.");
        }
        return port;
    }

    private static void requireHost(String host) {
        if (host.isEmpty()) {
            throw malformed(
                    "The PostgreSQL URL names no host.",
                    "Name the server, e.g. postgresql://user@localhost:5432/database; unix sockets"
                            + " are not supported.");
        }
        if (host.startsWith("/") || host.startsWith("@")) {
            throw unixSocket();
        }
        if (host.indexOf(',') >= 0) {
            throw severalHosts();
        }
        if (host.indexOf(':') >= 0) {
            if (host.indexOf('%') >= 0) {
                throw forbiddenAddress(host.replaceAll("[^0-9A-Fa-f:.%a-z]", "?"));
            }
            if (!host.matches("[0-9A-Fa-f:.]{2,45}")) {
                throw malformed(
                        "The PostgreSQL URL's host is no IPv6 address.",
                        "Write it as [2001:db8::1]:5432.");
            }
            requireAllowed(host);
            return;
        }
        String bare =
                host.toLowerCase(Locale.ROOT).endsWith(".")
                        ? host.substring(0, host.length() - 1)
                        : host;
        if (!bare.matches("[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})")) {
            throw malformed(
                    "The PostgreSQL URL's host is no host name.",
                    "A host name is of letters, digits, dots and dashes; percent-encode : / @ inside"
                            + " the password.");
        }
        if (METADATA_NAMES.contains(bare.toLowerCase(Locale.ROOT))) {
            throw forbiddenAddress(bare);
        }
        String last = bare.substring(bare.lastIndexOf('.') + 1);
        if (last.matches("[0-9]+|0[xX][0-9A-Fa-f]*")) {
            // resolvers read 2852039166, 0xa9fea9fe and 169.254.43518 as addresses, too
            if (!bare.matches("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}")) {
                throw malformed(
                        "The PostgreSQL URL's host is neither a name nor an address of four decimal"
                                + " numbers.",
                        "Write an IPv4 address as 192.0.2.10.");
            }
            requireAllowed(bare);
        }
    }

    private static void requireAllowed(String literal) {
        try {
            if (forbidden(InetAddress.getByName(literal))) {
                throw forbiddenAddress(literal);
            }
        } catch (UnknownHostException e) {
            throw malformed(
                    "The PostgreSQL URL's host is no valid address.",
                    "Write it as 192.0.2.10 or [2001:db8::1].");
        }
    }

    private static boolean isNat64(byte[] bytes) {
        return bytes[0] == 0
                && bytes[1] == 0x64
                && bytes[2] == (byte) 0xff
                && bytes[3] == (byte) 0x9b;
    }

    private static InetAddress lastFour(byte[] bytes) {
        try {
            return InetAddress.getByAddress(java.util.Arrays.copyOfRange(bytes, 12, 16));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void requireNoControl(String value, String part) {
        if (value.chars().anyMatch(c -> c < 0x20 || c == 0x7f)) {
            throw malformed(
                    "The PostgreSQL URL's " + part + " has a control character in it.",
                    "Remove the line break or other control character.");
        }
    }

    private static Refused malformed(String message, String remedy) {
        return new Refused("POSTGRES-URL", message, remedy);
    }

    private static Refused unixSocket() {
        return malformed(
                "The PostgreSQL URL points to a unix socket; Holdfast connects by TCP only.",
                "Name a host and port the server listens on, e.g. 127.0.0.1:5432.");
    }

    private static Refused severalHosts() {
        return malformed(
                "The PostgreSQL URL names several hosts; a backup must know which server it is"
                        + " of.",
                "Name one host and port.");
    }

    private static Refused forbiddenAddress(String host) {
        return new Refused(
                "POSTGRES-ADDRESS",
                "The host "
                        + host
                        + " is a link-local or metadata address; Holdfast never connects"
                        + " to those.",
                "Name the database server's own address.");
    }

    private static String printable(String key) {
        return key.matches("[A-Za-z0-9_.-]{1,40}") ? key : "(unreadable)";
    }

    private static String decode(String text, String part) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        List<Byte> bytes = new ArrayList<>(raw.length);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                bytes.add(raw[i]);
                continue;
            }
            int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0 || (high == 0 && low == 0)) {
                throw malformed(
                        "The PostgreSQL URL's " + part + " has a % that is not followed by a byte.",
                        "Write a percent sign as %25.");
            }
            bytes.add((byte) (high << 4 | low));
            i += 2;
        }
        byte[] plain = new byte[bytes.size()];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = bytes.get(i);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(plain))
                    .toString();
        } catch (CharacterCodingException e) {
            throw malformed(
                    "The PostgreSQL URL's " + part + " is not UTF-8 once decoded.",
                    "Percent-encode its UTF-8 bytes.");
        }
    }

    private static String encode(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                out.append(c);
            } else {
                out.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
