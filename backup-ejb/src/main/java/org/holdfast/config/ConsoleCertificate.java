package org.holdfast.config;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * The certificate that this server shows to browsers, from the key store that the JVM was given.
 */
@ApplicationScoped
public class ConsoleCertificate {
    private static final String STORE = "javax.net.ssl.keyStore";

    /** What the JVM takes for "no file": the keys are in a device. */
    private static final String NO_FILE = "NONE";

    /**
     * When it ends, the first where there are several.
     *
     * @return empty where no key store is named, or one without a certificate: TLS may end at a
     *     proxy
     * @throws IOException the key store that is named cannot be read
     */
    public Optional<Instant> expires() throws IOException {
        Config config = ConfigProvider.getConfig();
        Optional<Path> file =
                config.getOptionalValue(STORE, String.class)
                        .filter(name -> !name.equals(NO_FILE))
                        .map(Path::of);
        return file.isEmpty()
                ? Optional.empty()
                : expires(
                        file.get(),
                        config.getOptionalValue(STORE + "Type", String.class)
                                .orElse(KeyStore.getDefaultType()),
                        config.getOptionalValue(STORE + "Password", String.class)
                                .map(String::toCharArray)
                                .orElse(null));
    }

    static Optional<Instant> expires(Path file, String type, char[] password) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore keys = KeyStore.getInstance(type);
            keys.load(in, password);
            Instant first = null;
            for (String alias : Collections.list(keys.aliases())) {
                if (keys.isKeyEntry(alias)
                        && keys.getCertificate(alias) instanceof X509Certificate certificate) {
                    Instant end = certificate.getNotAfter().toInstant();
                    first = first == null || end.isBefore(first) ? end : first;
                }
            }
            return Optional.ofNullable(first);
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException("Key store " + file + " cannot be read: " + e, e);
        }
    }
}
