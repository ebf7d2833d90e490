package org.holdfast.work;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.config.Settings;
import org.holdfast.domain.keys.Identities;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.pipeline.Identity;

/**
 * The identity file, and identities that people gave for one restore or drill each. The latter are
 * bytes in this server's memory and nowhere else: overwritten with zeros when that has ended, after
 * a day, and when the server stops. Whatever made text of them on the way (the request, the
 * decryption) is left to the garbage collector: Java cannot wipe a String.
 */
@ApplicationScoped
class HeldIdentities implements Identities {
    private static final Logger LOG = Logger.getLogger(HeldIdentities.class.getName());
    private static final Duration LONGEST = Duration.ofDays(1);

    /** Younger ones may belong to work whose transaction is not committed yet. */
    private static final Duration YOUNG = Duration.ofMinutes(2);

    @Inject private Settings settings;
    @Inject private ThisServer server;
    @Inject private Clock clock;

    private final Map<UUID, Held> held = new ConcurrentHashMap<>();

    private record Held(byte[] bytes, Instant since) {
        void wipe() {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Read anew each time, so that the file can be put there and taken away; may be empty. */
    List<Identity> ofFile() throws IOException {
        if (settings.identityFile().isEmpty()) {
            return List.of();
        }
        return Identity.parseAll(Secret.of(Files.readString(settings.identityFile().get())));
    }

    /** Those of the file, and the one given for this restore or drill. */
    List<Identity> forWork(UUID id) throws IOException {
        List<Identity> all = new ArrayList<>();
        Held given = held.get(id);
        if (given != null) {
            all.addAll(
                    Identity.parseAll(
                            Secret.of(new String(given.bytes(), StandardCharsets.UTF_8))));
        }
        all.addAll(ofFile());
        return all;
    }

    boolean holds(UUID id) {
        return held.containsKey(id);
    }

    /**
     * @param work what it was given for, a word
     * @throws Refused IDENTITY-LOST
     */
    void requireHeld(UUID id, String work) {
        if (!holds(id)) {
            throw new Refused(
                    "IDENTITY-LOST",
                    "The identity given for this "
                            + work
                            + " was in the memory of a server that has stopped, or waited for more"
                            + " than a day; it is kept nowhere else.",
                    "Ask for the " + work + " again and give the identity again.");
        }
    }

    @Override
    public boolean atHand(List<String> recipients) {
        try {
            return opens(ofFile(), recipients);
        } catch (IOException | Refused e) {
            LOG.log(Level.WARNING, "BACKUP_IDENTITY_FILE cannot be read.", e);
            return false;
        }
    }

    @Override
    public void requireOpens(Secret given, List<String> recipients) {
        List<Identity> identities = Identity.parseAll(given);
        if (!opens(identities, recipients)) {
            throw new Refused(
                    "KEY-NOT-OF-BACKUP",
                    "The identity given belongs to "
                            + identities.get(0).recipient()
                            + ", and this backup was not encrypted to it.",
                    "Give the identity of one of these: " + String.join(", ", recipients) + ".");
        }
    }

    private static boolean opens(List<Identity> identities, List<String> recipients) {
        return identities.stream().anyMatch(i -> recipients.contains(i.recipient().value()));
    }

    @Override
    public String hold(UUID id, Secret given) {
        if (!settings.restoreWorkerEnabled()) {
            throw new Refused(
                    "IDENTITY-WORKER",
                    "This server does no restores and drills (RESTORE_WORKER_ENABLED=false), and an"
                            + " identity stays on the server that it was given to.",
                    "Ask on a server that does restores.");
        }
        // Only the key itself is kept, whatever comments stood around it.
        StringBuilder keys = new StringBuilder();
        Identity.parseAll(given).forEach(i -> keys.append(i.secret().reveal()).append('\n'));
        held.put(id, new Held(keys.toString().getBytes(StandardCharsets.UTF_8), clock.instant()));
        return server.name();
    }

    @Override
    public void forget(UUID id) {
        Held gone = held.remove(id);
        if (gone != null) {
            gone.wipe();
        }
    }

    /** Ids of the restores and drills whose identity is here. */
    Set<UUID> work() {
        Instant now = clock.instant();
        held.forEach(
                (id, one) -> {
                    if (one.since().plus(LONGEST).isBefore(now)) {
                        forget(id);
                    }
                });
        return Set.copyOf(held.keySet());
    }

    /** Forgets those whose work is not among {@code waiting}: it has ended, or never began. */
    void keepOnly(Collection<UUID> waiting) {
        Instant now = clock.instant();
        held.forEach(
                (id, one) -> {
                    if (!waiting.contains(id) && one.since().plus(YOUNG).isBefore(now)) {
                        forget(id);
                    }
                });
    }

    @PreDestroy
    void wipe() {
        held.keySet().forEach(this::forget);
    }
}
