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

    /**
     * When it ends, the first where there are several.
     *
     * @return empty where no key store is named or can be read: TLS may end at a proxy
     */
    public Optional<Instant> expires() {
        Config config = ConfigProvider.getConfig();
        Optional<Path> file = config.getOptionalValue(STORE, String.class).map(Path::of);
        if (file.filter(Files::isReadable).isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file.get())) {
            KeyStore keys =
                    KeyStore.getInstance(
                            config.getOptionalValue(STORE + "Type", String.class)
                                    .orElse(KeyStore.getDefaultType()));
            keys.load(
                    in,
                    config.getOptionalValue(STORE + "Password", String.class)
                            .map(String::toCharArray)
                            .orElse(null));
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
            return Optional.empty();
        }
    }
}
