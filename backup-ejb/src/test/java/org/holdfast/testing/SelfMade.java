package org.holdfast.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/**
 * A key pair with a certificate that nobody vouches for, made by the JDK's keytool.
 *
 * @param file a PKCS #12 store
 */
public record SelfMade(Path file, String alias) {
    public static final String PASSWORD = "changeit";

    /** For {@code localhost}, made a year ago. */
    public static SelfMade in(Path dir, String alias, int daysLeft) throws IOException {
        Path file = dir.resolve(alias + ".p12");
        Path log = dir.resolve(alias + ".log");
        Process keytool =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                                .toString(),
                                        "-genkeypair",
                                        "-alias",
                                        alias,
                                        "-keyalg",
                                        "RSA",
                                        "-keysize",
                                        "2048",
                                        "-dname",
                                        "CN=localhost",
                                        "-ext",
                                        "SAN=dns:localhost",
                                        "-startdate",
                                        "-365d",
                                        "-validity",
                                        Integer.toString(365 + daysLeft),
                                        "-storetype",
                                        "PKCS12",
                                        "-keystore",
                                        file.toString(),
                                        "-storepass",
                                        PASSWORD))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            if (keytool.waitFor() != 0) {
                throw new IOException(Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return new SelfMade(file, alias);
    }

    private KeyStore keys() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    public X509Certificate certificate() throws IOException, GeneralSecurityException {
        return (X509Certificate) keys().getCertificate(alias);
    }

    /** As {@code server.crt} and {@code server.key} beside it, the way PostgreSQL reads them. */
    public void pem() throws IOException, GeneralSecurityException {
        Key key = keys().getKey(alias, PASSWORD.toCharArray());
        Files.writeString(
                file.resolveSibling("server.crt"), text("CERTIFICATE", certificate().getEncoded()));
        Files.writeString(file.resolveSibling("server.key"), text("PRIVATE KEY", key.getEncoded()));
    }

    private static String text(String what, byte[] der) {
        return "-----BEGIN "
                + what
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END "
                + what
                + "-----\n";
    }
}
