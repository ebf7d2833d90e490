package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.holdfast.config.Settings;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.keys.RecipientKey.Purpose;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.shared.Origin;

/**
 * Enters the keys that {@code BACKUP_ENCRYPTION_RECIPIENTS} names. One that it no longer names is
 * superseded and never retired: older backups may need it. Keys that kept backups name and nobody
 * listed are entered as superseded, so that the list tells of every way into them.
 */
@ApplicationScoped
public class ConfiguredKeys {
    @Inject private Settings settings;
    @Inject private RecipientKeys keys;
    @Inject private AuditLog audit;

    /** In one transaction; several servers that start at once wait for each other. */
    @Transactional
    public void follow() {
        keys.lock();
        Instant now = Clock.systemUTC().instant();
        Map<String, RecipientKey> known =
                keys.all().stream()
                        .collect(Collectors.toMap(RecipientKey::publicKey, Function.identity()));
        settings.recipientPurposes()
                .forEach(
                        (publicKey, purpose) -> {
                            RecipientKey key = known.get(publicKey);
                            if (key == null) {
                                enter(publicKey, purpose.word(), purpose, now);
                            } else if (key.follow(purpose)) {
                                tell("recipient.change", key);
                            }
                        });
        known.values().stream()
                .filter(k -> k.origin() == Origin.CONFIGURATION && k.active())
                .filter(k -> !settings.recipientPurposes().containsKey(k.publicKey()))
                .forEach(
                        k -> {
                            k.supersede(now);
                            tell("recipient.supersede", k);
                        });
        keys.strangers()
                .forEach(
                        stranger ->
                                enter(stranger, "earlier", Purpose.OPERATOR, now).supersede(now));
    }

    private RecipientKey enter(String publicKey, String word, Purpose purpose, Instant now) {
        RecipientKey key =
                new RecipientKey(
                        word + "-" + publicKey.substring(4, 12),
                        purpose,
                        publicKey,
                        Origin.CONFIGURATION,
                        AuditLog.SYSTEM,
                        now);
        keys.add(key);
        tell("recipient.add", key);
        return key;
    }

    private void tell(String action, RecipientKey key) {
        audit.append(
                AuditLog.SYSTEM,
                action,
                "key/" + key.name(),
                Map.of(
                        "from", "configuration",
                        "purpose", key.purpose().name(),
                        "publicKey", key.publicKey()));
    }
}
