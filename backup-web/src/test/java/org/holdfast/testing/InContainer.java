package org.holdfast.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests that run inside of the server, by Arquillian: named before {@code ArquillianExtension},
 * this extension makes an installation whose workers are off, and writes what {@code
 * arquillian.xml} points the container to. It is one for all such tests of the JVM.
 */
public final class InContainer implements BeforeAllCallback {
    private static Installation installation;

    /** The WAR of this build with the test's own classes. */
    public static WebArchive war(Class<?>... tests) {
        return ShrinkWrap.create(ZipImporter.class, "holdfast.war")
                .importFrom(Path.of(System.getProperty("holdfast.test.war")).toFile())
                .as(WebArchive.class)
                .addClasses(tests);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        // Inside of the server the test class runs once more; there everything stands already.
        if (System.getProperty("holdfast.test.war") != null) {
            prepare();
        }
    }

    private static synchronized void prepare() throws IOException {
        if (installation != null) {
            return;
        }
        installation =
                Installation.create("in-container", 1)
                        .with("BACKUP_WORKER_ENABLED", "false")
                        .with("RESTORE_WORKER_ENABLED", "false");
        Runtime.getRuntime().addShutdownHook(new Thread(installation::close));
        Path dir = Path.of(System.getProperty("holdfast.test.dir"));
        Files.copy(
                installation.settingsFile(false),
                dir.resolve("in-container.properties"),
                StandardCopyOption.REPLACE_EXISTING);
        Files.writeString(
                dir.resolve("in-container.asadmin"),
                "set configs.config.server-config.network-config.network-listeners.network-listener.http-listener.address=127.0.0.1\n");
    }
}
