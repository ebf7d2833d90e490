package org.holdfast.work;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.holdfast.config.Settings;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.engine.Client;
import org.holdfast.engine.Clients;
import org.holdfast.engine.WorkDir;
import org.holdfast.pipeline.Cancelled;
import org.holdfast.pipeline.Identity;
import org.holdfast.pipeline.Outgoing;
import org.holdfast.pipeline.Recipient;
import org.holdfast.pipeline.Signer;
import org.holdfast.security.SigningKeys;

/** What runners work with: client programs, threads, directories, keys. */
@ApplicationScoped
class Toolbox {
    private static final Logger LOG = Logger.getLogger(Toolbox.class.getName());

    @Inject private Settings settings;
    @Inject private SigningKeys signingKeys;
    @Inject private RecipientKeys keys;
    @Inject private HeldIdentities identities;
    @Resource private ManagedExecutorService executor;
    @Resource private ManagedScheduledExecutorService scheduler;

    private Clients clients;

    @PostConstruct
    void look() {
        try {
            clients = Clients.in(settings.pgBinDirs());
        } catch (IOException e) {
            throw new UncheckedIOException("PG_BIN_DIRS cannot be read: " + e.getMessage(), e);
        }
        for (Client client : clients.unrestricted()) {
            LOG.warning(
                    "psql "
                            + client.version()
                            + " lacks restricted mode (CVE-2025-8714, CVE-2026-18408): plain SQL is not restored with it."
                            + " Upgrade postgresql-client-"
                            + client.major()
                            + ".");
        }
    }

    Clients clients() {
        return clients;
    }

    Executor executor() {
        return executor;
    }

    ScheduledExecutorService scheduler() {
        return scheduler;
    }

    /** What another thread comes to; throws what it threw. */
    static <T> T await(CompletableFuture<T> result) throws IOException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw e.getCause() instanceof RuntimeException broken
                    ? broken
                    : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("The server was stopped.");
        }
    }

    /** How a backup's bytes are handled. */
    Outgoing.Tuning tuning() {
        return Outgoing.Tuning.standard().withLevel(settings.compressionLevel());
    }

    /** A private directory for one piece of work; closing it removes it. */
    WorkDir workDir() throws IOException {
        Path base = workDirs(settings);
        Files.createDirectories(base);
        return WorkDir.below(base);
    }

    static Path workDirs(Settings settings) {
        return settings.dataDir().resolve("work");
    }

    /** A private directory for large passing files. */
    WorkDir scratch() throws IOException {
        Files.createDirectories(settings.scratchDir());
        return WorkDir.below(settings.scratchDir());
    }

    /**
     * Those that a backup that begins now is encrypted to.
     *
     * @param done what cannot be done without, e.g. {@code backed up}
     * @throws org.holdfast.domain.shared.Refused RECIPIENTS-MISSING
     */
    List<Recipient> recipients(String done) {
        return keys.required(done).stream().map(k -> new Recipient(k.publicKey())).toList();
    }

    /** The identities of these recipients that a passphrase opens, encrypted. */
    Map<String, String> locked(List<String> recipients) {
        return keys.all().stream()
                .filter(k -> recipients.contains(k.publicKey()))
                .filter(k -> k.protectedIdentity().isPresent())
                .collect(
                        Collectors.toMap(
                                RecipientKey::publicKey, k -> k.protectedIdentity().get()));
    }

    /** Those of the identity file, which may be put there and taken away; may be empty. */
    List<Identity> identities() throws IOException {
        return identities.ofFile();
    }

    /** The present signing key; one piece of work takes it once, a rotation may come between. */
    Signer signer() {
        return Signer.ofPem(signingKeys.privatePem());
    }

    /** Whether this server's present signing key, or one before it, made the signature. */
    boolean signed(byte[] text, byte[] signature) {
        return signingKeys.all().stream()
                .anyMatch(key -> Signer.verify(key.pem(), text, signature));
    }
}
