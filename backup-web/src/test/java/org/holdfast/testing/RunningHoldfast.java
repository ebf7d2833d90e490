package org.holdfast.testing;

import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.holdfast.domain.people.Role;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.engine.Cancel;
import org.holdfast.engine.Clients;
import org.holdfast.engine.Comparison;
import org.holdfast.engine.WorkDir;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The product, running: one installation and one server for the whole test JVM, its first user made
 * through the bootstrap. Started by the first test that asks for it, stopped when the JVM ends.
 *
 * <pre>{@code
 * @ExtendWith(RunningHoldfast.Given.class)
 * class BackupsIT {
 *     @Test void …(RunningHoldfast holdfast) {
 *         holdfast.admin().post("/admin/backups", …);
 *     }
 * }
 * }</pre>
 */
public final class RunningHoldfast implements AutoCloseable {
    public static final String USER = "guru";
    public static final String PASSWORD = "canary correct horse 41";

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static RunningHoldfast shared;
    private static RunningHoldfast faulty;

    private final Installation installation;
    private final Server server;
    private final String totpSecret;
    private final String token;
    private String verified;
    private Halts halts;

    private RunningHoldfast(RunningHoldfast before, Server server) {
        this.installation = before.installation;
        this.server = server;
        this.totpSecret = before.totpSecret;
        this.token = before.token;
        this.verified = before.verified;
        this.halts = before.halts;
    }

    private RunningHoldfast(Installation installation, Server server) {
        this.installation = installation;
        this.server = server;
        JsonObject user =
                server.client(null)
                        .post(
                                "/admin/bootstrap",
                                Json.createObjectBuilder()
                                        .add("token", Installation.BOOTSTRAP_TOKEN)
                                        .add("user", USER)
                                        .add("password", PASSWORD)
                                        .build())
                        .require(201)
                        .json();
        this.totpSecret = user.getString("totpSecret");
        this.token = user.getString("token");
    }

    /** The JVM's one. */
    public static synchronized RunningHoldfast shared() {
        if (shared == null) {
            Installation installation = Installation.create("shared", 8);
            shared = new RunningHoldfast(installation, Server.startForAll(installation));
            Runtime.getRuntime().addShutdownHook(new Thread(shared::close, "stop Holdfast"));
        }
        return shared;
    }

    /** One of its own, for tests that kill or reconfigure it; the caller closes it. */
    public static RunningHoldfast start(Installation installation) {
        return new RunningHoldfast(installation, Server.start(installation));
    }

    /** The same installation on another of its servers. */
    public RunningHoldfast on(Server other) {
        return new RunningHoldfast(this, other);
    }

    public Installation installation() {
        return installation;
    }

    public Server server() {
        return server;
    }

    /** {@code https://localhost:<port>}, the certificate self-signed. */
    public URI address() {
        return server.address();
    }

    /** Calls with the first user's token, a SUPER_GURU's. */
    public RestClient guru() {
        return server.client(token);
    }

    /** Calls with a token of {@code role}, of a user of that role and name. */
    public RestClient as(Role role) {
        return server.client(tokenOf(user(role.name().toLowerCase(Locale.ROOT), role), role));
    }

    /** Calls without any token. */
    public RestClient stranger() {
        return server.client(null);
    }

    public String token() {
        return token;
    }

    /** The first user's TOTP secret in Base32. */
    public String totpSecret() {
        return totpSecret;
    }

    /**
     * A code that works now. A code works once, so the used step is forgotten in the catalog first:
     * otherwise every second restore of a test would wait for half a minute. Tests of replay use
     * {@link #code(Instant)}.
     */
    public String freshCode() {
        installation
                .catalogServer()
                .execute(
                        "holdfast",
                        "UPDATE totp_devices SET last_step = 0, failures = 0, blocked_until = NULL");
        return code(Instant.now());
    }

    /** What an authenticator shows at a moment (RFC 6238: SHA-1, 30 s, six digits). */
    public String code(Instant at) {
        return totp(totpSecret, at.getEpochSecond() / 30);
    }

    /** What an authenticator with this secret (Base32) shows now. */
    public static String codeOf(String secret) {
        return totp(secret, Instant.now().getEpochSecond() / 30);
    }

    static String totp(String secret, long step) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(base32(secret), "HmacSHA1"));
            byte[] hash = mac.doFinal(HexFormat.of().parseHex(String.format("%016x", step)));
            int offset = hash[19] & 0xf;
            int number =
                    (hash[offset] & 0x7f) << 24
                            | (hash[offset + 1] & 0xff) << 16
                            | (hash[offset + 2] & 0xff) << 8
                            | hash[offset + 3] & 0xff;
            return String.format("%06d", number % 1_000_000);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] base32(String text) {
        String digits = text.replace("=", "").replace(" ", "").toUpperCase(Locale.ROOT);
        byte[] bytes = new byte[digits.length() * 5 / 8];
        int buffer = 0;
        int bits = 0;
        int at = 0;
        for (char digit : digits.toCharArray()) {
            buffer = buffer << 5 | BASE32.indexOf(digit);
            bits += 5;
            if (bits >= 8) {
                bits -= 8;
                bytes[at++] = (byte) (buffer >> bits);
            }
        }
        return bytes;
    }

    // --- the main job, in steps ----------------------------------------------------------------

    /** Id of a backup of the shop that was verified; made once. */
    public synchronized String verifiedBackup() {
        if (verified == null) {
            verified = backUp("shop");
        }
        return verified;
    }

    /** What the snapshot's manifest says of the encrypted dump. */
    public JsonObject storedDump(String snapshot) {
        return guru()
                .get("/admin/backups/" + snapshot + "/manifest")
                .require(200)
                .json()
                .getJsonArray("objects")
                .getValuesAs(JsonObject.class)
                .stream()
                .filter(o -> o.getString("name").equals("database.dump.zst.age"))
                .findFirst()
                .orElseThrow();
    }

    /** Backs a source up and waits until it is verified; gives the id. */
    public String backUp(String source) {
        String id = queue(source);
        guru().await("/admin/backups/" + id, "VERIFIED", "RESTORED");
        return id;
    }

    /** Queues a backup; gives the id. */
    public String queue(String source) {
        return guru().post(
                        "/admin/backups", Json.createObjectBuilder().add("source", source).build())
                .require(202)
                .string("id");
    }

    /**
     * What is to be sent to have a backup restored, everything acknowledged, the phrase right, a
     * fresh code: to be changed by the test where it wants something else.
     */
    public JsonObjectBuilder order(String backup, String target) {
        JsonObject impact =
                guru().get("/admin/backups/" + backup + "/impact?target=" + target)
                        .require(200)
                        .json();
        JsonArrayBuilder checklist = Json.createArrayBuilder();
        impact.getJsonArray("checklist")
                .forEach(item -> checklist.add(item.asJsonObject().getString("id")));
        return Json.createObjectBuilder()
                .add("target", target)
                .add("reason", "A test asks for it")
                .add("phrase", impact.getString("confirmPhrase"))
                .add("otp", freshCode())
                .add("checklist", checklist);
    }

    /** Asks for a restore; gives the id. */
    public String ask(String backup, JsonObjectBuilder order) {
        return guru().post("/admin/backups/" + backup + "/restores", order.build())
                .require(202)
                .string("id");
    }

    /** Restores, waits for the end, gives the whole record. */
    public JsonObject restore(String backup, JsonObjectBuilder order) {
        return guru().await("/admin/restores/" + ask(backup, order), "COMPLETED");
    }

    /** In what two databases differ, one sentence each; empty where they are equal. */
    public static List<String> differences(PostgresUrl first, PostgresUrl second) {
        try (WorkDir dir = WorkDir.below(Path.of(System.getProperty("java.io.tmpdir")))) {
            return Comparison.differences(
                    Clients.in(Clients.DEBIAN), first, second, dir, new Cancel());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // --- people --------------------------------------------------------------------------------

    /**
     * A user by name, entered in the catalog where it is missing: without a password that anything
     * matches, with the first user's authenticator.
     */
    public UUID user(String name, Role role) {
        PostgresServer catalog = installation.catalogServer();
        String known =
                catalog.query("holdfast", "SELECT id FROM users WHERE name = '" + name + "'");
        if (known != null) {
            return UUID.fromString(known);
        }
        UUID id = Ids.next();
        catalog.execute(
                "holdfast",
                "INSERT INTO users (id, name, password_hash, role, created_at) VALUES ('%s', '%s', 'none', '%s', now())"
                        .formatted(id, name, role),
                "INSERT INTO totp_devices (user_id, sealed_secret, active, last_step, created_at)"
                        + " SELECT '%s', d.sealed_secret, true, 0, now() FROM totp_devices d JOIN users u ON u.id = d.user_id WHERE u.name = '%s'"
                                .formatted(id, USER));
        return id;
    }

    /** A new token of a user. */
    public String tokenOf(UUID user, Role role) {
        String made = "hf_" + UUID.randomUUID().toString().replace("-", "");
        installation
                .catalogServer()
                .execute(
                        "holdfast",
                        "INSERT INTO api_tokens (id, user_id, name, token_hash, role, created_at, expires_at)"
                                + " VALUES ('%s', '%s', 'test', '%s', '%s', now(), now() + interval '1 day')"
                                        .formatted(Ids.next(), user, Sha256.of(made), role));
        return made;
    }

    @Override
    public void close() {
        server.close();
        installation.close();
    }

    /** Hands {@link #shared()} to tests that name it as a parameter. */
    public static final class Given implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == RunningHoldfast.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return shared();
        }
    }

    /**
     * One for all tests that break something around it and mend it again: store, source, targets
     * and workers.
     */
    public static synchronized RunningHoldfast faulty() {
        if (faulty == null) {
            Installation around = Installation.create("faulty", 8);
            around.storeFaults();
            around.withFarTarget("FAR_TOO", "far_too")
                    .withCommandTarget("CHECKED", "checked", 3)
                    .with("RESTORE_TARGET_CHECKED_IN_PLACE", "true")
                    .with("ALLOW_GLOBALS_RESTORE", "1")
                    .withNoise(40)
                    .withPolicy(
                            """
                            {"sources": {
                              "shop": {"retry": {"attempts": 1, "first_pause_seconds": 1}},
                              "far-shop": {"retry": {"attempts": 2, "first_pause_seconds": 1}}}}
                            """);
            faulty = new RunningHoldfast(around, Server.startForAll(around));
            Runtime.getRuntime().addShutdownHook(new Thread(faulty::close, "stop Holdfast"));
        }
        return faulty;
    }

    /** Where its workers can be brought to a halt. */
    public synchronized Halts halts() {
        if (halts == null) {
            halts = new Halts(installation);
        }
        return halts;
    }

    /** Hands {@link #faulty()} to tests that name it as a parameter. */
    public static final class Faulty implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == RunningHoldfast.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return faulty();
        }
    }

    /**
     * Hands every test of a class the same one, which no other class sees: for tests that add or
     * change places, policies or people, so that what others find does not depend on the order.
     */
    public static final class OfItsOwn implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == RunningHoldfast.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> test = context.getRequiredTestClass();
            return context.getParent()
                    .orElseThrow()
                    .getStore(ExtensionContext.Namespace.create(OfItsOwn.class))
                    .getOrComputeIfAbsent(
                            test,
                            key ->
                                    start(
                                            Installation.create(
                                                    test.getSimpleName().toLowerCase(Locale.ROOT),
                                                    8)),
                            RunningHoldfast.class);
        }
    }
}
