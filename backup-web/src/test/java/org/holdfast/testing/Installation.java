package org.holdfast.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.holdfast.adapter.OpenStores;
import org.holdfast.adapter.testing.HttpFaultProxy;
import org.holdfast.adapter.testing.S3ProxyServer;
import org.holdfast.adapter.testing.TcpProxy;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.storage.BlobStore;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.pipeline.Identity;

/**
 * All that one Holdfast needs around it, real and its own: three PostgreSQL servers (catalog,
 * source, targets), a directory store and an S3 store, age keys, settings. Servers are started in
 * it with {@link Server}.
 *
 * <p>The source {@code shop} is read by a role that may only read; the targets {@code staging},
 * {@code sandbox} (in place allowed), {@code ledger} (a second person approves) and {@code live}
 * (marked production) belong to a role that may create databases. The source {@code far-shop} is
 * the shop again, and {@code far} another target: these two are reached through proxies that can be
 * made slow or dead, and so is the S3 store.
 */
public final class Installation implements AutoCloseable {
    /** A canary, as every secret of an installation is: no log or answer may show it. */
    public static final String BOOTSTRAP_TOKEN = "canary-bootstrap-2f6e0c1d9b7a4853";

    static final String KEYSTORE_PASSWORD = "canary-keystore-77";
    private static final String BACKUP_PASSWORD = "canary-backup-role-3c";
    private static final String RESTORE_PASSWORD = "canary-restore-role-9d";
    private static final String CATALOG_PASSWORD = "canary-catalog-role-1a";

    /** One key and certificate for all servers of this JVM. */
    private static byte[] keysOfAll;

    private final Path home;
    private final PostgresServer catalog;
    private final PostgresServer source;
    private final PostgresServer targets;
    private final S3ProxyServer s3;
    private final TcpProxy wayToSource;
    private final TcpProxy wayToTargets;
    private final TcpProxy wayToStore;
    private HttpFaultProxy storeFaults;
    private final Identity operator;
    private final Identity escrow;
    private final Map<String, String> settings = new HashMap<>();

    private Installation(
            Path home,
            PostgresServer catalog,
            PostgresServer source,
            PostgresServer targets,
            S3ProxyServer s3)
            throws IOException {
        this.home = home;
        this.catalog = catalog;
        this.source = source;
        this.targets = targets;
        this.s3 = s3;
        this.wayToSource = TcpProxy.to("127.0.0.1", source.port());
        this.wayToTargets = TcpProxy.to("127.0.0.1", targets.port());
        this.wayToStore = TcpProxy.to(s3.endpoint());
        this.operator = Identity.generate();
        this.escrow = Identity.generate();
        prepare();
    }

    /**
     * @param name of its directory below the build's
     * @param shopMegabytes about the size of the source on disk
     */
    public static Installation create(String name, int shopMegabytes) {
        try {
            Path parent = Path.of(System.getProperty("holdfast.test.dir", "target/running"));
            Path home =
                    Files.createDirectories(
                            parent.toAbsolutePath()
                                    .resolve(
                                            name
                                                    + "-"
                                                    + UUID.randomUUID()
                                                            .toString()
                                                            .substring(0, 8)));
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
            PostgresServer catalog = PostgresServer.start();
            PostgresServer source = PostgresServer.start();
            PostgresServer targets = PostgresServer.start();
            Path s3 = Files.createDirectories(home.resolve("s3"));
            S3ProxyServer proxy = S3ProxyServer.start(s3);
            proxy.makeBucket("holdfast");
            Installation made = new Installation(home, catalog, source, targets, proxy);
            made.fillShop(shopMegabytes);
            made.fillTargets();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void prepare() throws IOException {
        catalog.execute(
                "postgres",
                "CREATE ROLE holdfast LOGIN PASSWORD '" + CATALOG_PASSWORD + "'",
                "CREATE DATABASE holdfast OWNER holdfast");
        Path identities = home.resolve("operator.age");
        Files.writeString(identities, operator.secret().reveal() + "\n");
        Files.setPosixFilePermissions(identities, PosixFilePermissions.fromString("rw-------"));
        settings.put("HOLDFAST_DATA_DIR", directory("data"));
        settings.put("HOLDFAST_DB_URL", catalogUrl().reveal());
        settings.put("HOLDFAST_BOOTSTRAP_TOKEN", BOOTSTRAP_TOKEN);
        settings.put("BACKUP_STORAGE_DIR", storeDirectory().toString());
        settings.put("S3_ENDPOINT", wayToStore.uri("http").toString());
        settings.put("S3_REGION", "us-east-1");
        settings.put("S3_BUCKET", "holdfast");
        settings.put("S3_ACCESS_KEY_ID", s3.accessKey());
        settings.put("S3_SECRET_ACCESS_KEY", s3.secretKey());
        settings.put(
                "BACKUP_ENCRYPTION_RECIPIENTS", operator.recipient() + "," + escrow.recipient());
        settings.put("BACKUP_IDENTITY_FILE", identities.toString());
        settings.put("RESTORE_WORKER_POLL_MS", "200");
        // Otherwise a night's tests would meet the nightly backups; tests of schedules turn it on.
        settings.put("BACKUP_SCHEDULER_ENABLED", "false");
        // Catalogs of tests hold copies that no store has; the test of reading back turns it on.
        settings.put("SCRUB_GIB_PER_DAY", "0");
        // Otherwise heads of the audit log would appear in the stores while tests look at them.
        settings.put("HOLDFAST_ANCHOR_MINUTES", "1440");
        settings.put("BACKUP_SOURCE_SHOP_URL", sourceUrl().reveal());
        settings.put("BACKUP_SOURCE_FAR_SHOP_URL", through(wayToSource, sourceUrl()));
        target("STAGING", "staging");
        target("SANDBOX", "sandbox");
        settings.put("RESTORE_TARGET_SANDBOX_IN_PLACE", "true");
        target("LEDGER", "ledger");
        settings.put("RESTORE_TARGET_LEDGER_FOUR_EYES", "true");
        target("LIVE", "live");
        settings.put("RESTORE_TARGET_LIVE_PRODUCTION", "true");
        settings.put("RESTORE_TARGET_FAR_URL", through(wayToTargets, targetUrl("far")));
        certificate();
    }

    /** The policy file's text. */
    public Installation withPolicy(String json) {
        try {
            Path file = home.resolve("policy.json");
            Files.writeString(file, json);
            return with("OPS_BACKUP_POLICY_FILE", file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds the source {@code noise}: a table that does not compress, so that it has many parts. */
    public Installation withNoise(int megabytes) {
        source.execute(
                "postgres", "CREATE DATABASE noise", "GRANT CONNECT ON DATABASE noise TO backup");
        source.execute(
                "noise",
                "CREATE TABLE noise AS SELECT n, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())"
                        + " || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) AS bytes"
                        + " FROM generate_series(1, "
                        + megabytes * 8192
                        + ") n");
        return with("BACKUP_SOURCE_NOISE_URL", sourceUrl().withDatabase("noise").reveal());
    }

    /**
     * Adds a target with a command: the script {@link #command()}, which the test writes.
     *
     * @param seconds how long it may run
     */
    public Installation withCommandTarget(String environment, String database, int seconds) {
        resetTarget(database);
        target(environment, database);
        String prefix = "RESTORE_TARGET_" + environment;
        return with(prefix + "_COMMAND", "[\"" + command() + "\",\"two words\"]")
                .with(prefix + "_COMMAND_SECONDS", Integer.toString(seconds));
    }

    /** The script that {@link #withCommandTarget} names. */
    public Path command() {
        return home.resolve("command.sh");
    }

    /** Adds a target whose server is reached through {@link #wayToTargets()}. */
    public Installation withFarTarget(String environment, String database) {
        resetTarget(database);
        return with(
                "RESTORE_TARGET_" + environment + "_URL",
                through(wayToTargets, targetUrl(database)));
    }

    private void target(String environment, String database) {
        settings.put("RESTORE_TARGET_" + environment + "_URL", targetUrl(database).reveal());
    }

    /** A target's database by another port, as through a pooler. */
    public String otherWayTo(String database) {
        return through(wayToTargets, targetUrl(database));
    }

    private static String through(TcpProxy way, PostgresUrl url) {
        return url.reveal().replaceFirst(":" + url.port() + "/", ":" + way.port() + "/");
    }

    private String directory(String name) throws IOException {
        return Files.createDirectories(home.resolve(name)).toString();
    }

    /** The server's certificate as clients other than Java's take it. */
    public String certificatePem() throws IOException {
        try {
            KeyStore keys =
                    KeyStore.getInstance(keyStore().toFile(), KEYSTORE_PASSWORD.toCharArray());
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'})
                            .encodeToString(keys.getCertificate("holdfast").getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void certificate() throws IOException {
        synchronized (Installation.class) {
            if (keysOfAll == null) {
                makeCertificate();
                keysOfAll = Files.readAllBytes(keyStore());
            } else {
                Files.write(keyStore(), keysOfAll);
            }
        }
    }

    private void makeCertificate() throws IOException {
        Path log = home.resolve("keytool.log");
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process =
                new ProcessBuilder(
                                keytool.toString(),
                                "-genkeypair",
                                "-alias",
                                "holdfast",
                                "-keyalg",
                                "EC",
                                "-groupname",
                                "secp256r1",
                                "-dname",
                                "CN=Holdfast",
                                "-ext",
                                "SAN=dns:localhost,ip:127.0.0.1",
                                "-validity",
                                "30",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                keyStore().toString(),
                                "-storepass",
                                KEYSTORE_PASSWORD)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void fillShop(int megabytes) {
        source.execute(
                "postgres",
                "CREATE ROLE backup LOGIN BYPASSRLS PASSWORD '" + BACKUP_PASSWORD + "'",
                "GRANT pg_read_all_data TO backup");
        ShopDatabase.create(source, "shop", megabytes);
        source.execute(
                "shop",
                "DO $$ DECLARE lo oid; BEGIN FOR lo IN SELECT oid FROM pg_largeobject_metadata LOOP"
                        + " EXECUTE format('GRANT SELECT ON LARGE OBJECT %s TO backup', lo);"
                        + " END LOOP; END $$");
    }

    private void fillTargets() {
        targets.execute(
                "postgres",
                "CREATE ROLE restorer LOGIN CREATEDB PASSWORD '" + RESTORE_PASSWORD + "'",
                "GRANT pg_signal_backend TO restorer");
        for (String database : new String[] {"staging", "sandbox", "ledger", "live", "far"}) {
            resetTarget(database);
        }
    }

    /**
     * Gives a target's database the content it has in the beginning: one table of its own, which no
     * snapshot has.
     */
    public void resetTarget(String database) {
        targets.dropDatabase(database);
        targets.execute("postgres", "CREATE DATABASE " + database + " OWNER restorer");
        targets.execute(
                database,
                "SET ROLE restorer; CREATE TABLE only_here (id int PRIMARY KEY, word text);"
                        + " INSERT INTO only_here SELECT n, 'word ' || n FROM generate_series(1, 42) n");
    }

    /** Directory of logs, keys and the directory store. */
    public Path home() {
        return home;
    }

    /** A setting by its name of the environment, for servers started from now on. */
    public Installation with(String name, String value) {
        settings.put(name, value);
        return this;
    }

    public PostgresServer catalogServer() {
        return catalog;
    }

    public PostgresServer sourceServer() {
        return source;
    }

    public PostgresServer targetServer() {
        return targets;
    }

    public S3ProxyServer s3() {
        return s3;
    }

    /** Between Holdfast and source {@code far-shop}. */
    public TcpProxy wayToSource() {
        return wayToSource;
    }

    /** Between Holdfast and target {@code far}. */
    public TcpProxy wayToTargets() {
        return wayToTargets;
    }

    /** Between Holdfast and the S3 store. */
    public TcpProxy wayToStore() {
        return wayToStore;
    }

    /**
     * What lets chosen requests to the S3 store go wrong; servers started after the first call meet
     * it.
     */
    public HttpFaultProxy storeFaults() {
        if (storeFaults == null) {
            try {
                storeFaults = HttpFaultProxy.to(wayToStore.uri("http"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            settings.put("S3_ENDPOINT", storeFaults.endpoint().toString());
        }
        return storeFaults;
    }

    /** Ends every fault of every proxy. */
    public void heal() {
        wayToSource.heal();
        wayToTargets.heal();
        wayToStore.heal();
        if (storeFaults != null) {
            storeFaults.heal();
        }
    }

    /** The two stores, opened past every proxy; the caller closes them. */
    public List<BlobStore> stores() {
        OpenStores open = new OpenStores();
        return List.of(
                open.open(new StoreAccess.Directory("local", storeDirectory())),
                open.open(s3.bucket("s3", "holdfast")));
    }

    /** Name of the store and key, of all that stands or grows below keys with {@code part}. */
    public List<String> inStores(String part) {
        List<String> found = new ArrayList<>();
        for (BlobStore each : stores()) {
            try (BlobStore store = each) {
                store.list("", blob -> found.add(store.name() + " " + blob.key()));
                store.unfinished(
                        "", upload -> found.add(store.name() + " unfinished " + upload.key()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return found.stream().filter(key -> key.contains(part)).sorted().toList();
    }

    public Path storeDirectory() {
        return home.resolve("store");
    }

    /** The identity that the server reads with. */
    public Identity operator() {
        return operator;
    }

    /** As Holdfast reads it. */
    public PostgresUrl sourceUrl() {
        return source.url("backup", BACKUP_PASSWORD, "shop");
    }

    /** As Holdfast writes it. */
    public PostgresUrl targetUrl(String database) {
        return targets.url("restorer", RESTORE_PASSWORD, database);
    }

    public PostgresUrl catalogUrl() {
        return catalog.url("holdfast", CATALOG_PASSWORD, "holdfast");
    }

    Path keyStore() {
        return home.resolve("tls.p12");
    }

    /**
     * The settings as a file for {@code --systemproperties}.
     *
     * @param tls whether the server's certificate is to be among them
     */
    public Path settingsFile(boolean tls) throws IOException {
        Properties properties = new Properties();
        properties.putAll(settings);
        if (tls) {
            properties.setProperty("javax.net.ssl.keyStore", keyStore().toString());
            properties.setProperty("javax.net.ssl.keyStoreType", "PKCS12");
            properties.setProperty("javax.net.ssl.keyStorePassword", KEYSTORE_PASSWORD);
        }
        Path file = home.resolve("settings.properties");
        Files.deleteIfExists(file);
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (var out = Files.newOutputStream(file)) {
            properties.store(out, null);
        }
        return file;
    }

    /** Where a server of this installation is found once it runs. */
    static URI address(int port) {
        return URI.create("https://localhost:" + port);
    }

    /** Reads a resource beside this class into the installation. */
    Path resource(String name) throws IOException {
        Path file = home.resolve(name);
        try (InputStream in = Installation.class.getResourceAsStream(name)) {
            Files.write(file, in.readAllBytes());
        }
        return file;
    }

    @Override
    public void close() {
        try {
            wayToSource.close();
            wayToTargets.close();
            if (storeFaults != null) {
                storeFaults.close();
            }
            wayToStore.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        s3.close();
        targets.close();
        source.close();
        catalog.close();
    }
}
