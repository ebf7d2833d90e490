package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.keys.Keyring;
import org.holdfast.domain.keys.Opens;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.keys.RecipientKey.Purpose;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.people.Approval;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;

/**
 * Adds a key, puts one in another's place, or retires one. Whoever adds a key can read every backup
 * from then on, so a second person may be asked for ({@code FOUR_EYES_OPERATIONS}).
 */
@ApplicationScoped
public class RecipientChange implements ApprovedAct {
    static final String OPERATION = "recipient.change";
    private static final String RETIRE = "retire";
    private static final String INSTEAD = "instead";
    private static final String LOCKED = "protectedIdentity";

    private RecipientKeys keys;
    private AuditLog audit;
    private Caller caller;
    private Clock clock;

    protected RecipientChange() {}

    @Inject
    public RecipientChange(RecipientKeys keys, AuditLog audit, Caller caller, Clock clock) {
        this.keys = keys;
        this.audit = audit;
        this.caller = caller;
        this.clock = clock;
    }

    /**
     * @param instead id of the key whose place it takes, null where it comes beside the others
     * @param generated whether Holdfast made the pair
     * @param locked its identity, encrypted with a passphrase; else null
     */
    static JsonObject add(
            String name,
            Purpose purpose,
            String publicKey,
            UUID instead,
            boolean generated,
            String locked) {
        JsonObjectBuilder parameters =
                Json.createObjectBuilder()
                        .add("name", name == null ? "" : name)
                        .add("purpose", purpose.name())
                        .add("publicKey", publicKey)
                        .add("generated", generated);
        if (instead != null) {
            parameters.add(INSTEAD, instead.toString());
        }
        if (locked != null) {
            parameters.add(LOCKED, locked);
        }
        return parameters.build();
    }

    /**
     * What the person decides, for the step-up: a key pair that is made is another with every try,
     * and nobody has seen it yet.
     */
    static JsonObject decided(JsonObject parameters) {
        return parameters.getBoolean("generated", false)
                ? Json.createObjectBuilder(parameters)
                        .remove("publicKey")
                        .remove(LOCKED)
                        .add("passphrase", parameters.containsKey(LOCKED))
                        .build()
                : parameters;
    }

    /** Whoever reads the identity can try passphrases on it for as long as they like. */
    @Override
    public JsonObject shown(JsonObject parameters) {
        return parameters.containsKey(LOCKED)
                ? Json.createObjectBuilder(parameters)
                        .remove(LOCKED)
                        .add("passphrase", true)
                        .build()
                : parameters;
    }

    static JsonObject retire(UUID key) {
        return Json.createObjectBuilder().add(RETIRE, key.toString()).build();
    }

    @Override
    public String operation() {
        return OPERATION;
    }

    @Override
    public Approval.Plan plan(JsonObject parameters) {
        List<RecipientKey> before = new ArrayList<>(new Keyring(keys.all()).active());
        List<String> lines = new ArrayList<>();
        if (parameters.containsKey(RETIRE)) {
            RecipientKey key = key(parameters, RETIRE);
            new Keyring(keys.all()).requireRetirable(key, opens(key), keys.running());
            lines.add("Key " + key.name() + ", " + key.purpose().word() + ": " + key.publicKey());
            lines.add("Every kept backup that it opens is opened by another key as well.");
            lines.add("Lost: nothing here needs its identity any more; it may be destroyed.");
            lines.add(active(before, before.stream().filter(k -> k != key).toList()));
            return new Approval.Plan("Retire key " + key.name(), "key/" + key.name(), lines, false);
        }
        RecipientKey made = made(parameters, caller.name());
        new Keyring(keys.all()).requireNew(made.name(), made.publicKey());
        List<RecipientKey> after = new ArrayList<>(before);
        lines.add("Key " + made.name() + ", " + made.purpose().word() + ": " + made.publicKey());
        lines.add(
                parameters.getBoolean("generated")
                        ? "Holdfast made the pair; its identity was shown to who asks for it."
                        : "Its identity is with whoever made the pair.");
        lines.add("Whoever has its identity can read every backup that is made from then on.");
        if (parameters.containsKey(LOCKED)) {
            lines.add(
                    "The identity lies beside every backup, encrypted: the passphrase alone opens"
                            + " them.");
        }
        if (parameters.containsKey(INSTEAD)) {
            RecipientKey old = key(parameters, INSTEAD);
            requireReplaceable(old);
            after.remove(old);
            lines.add("In the place of " + old.name() + ", which then opens older backups only.");
        }
        after.add(made);
        lines.add(active(before, after));
        return new Approval.Plan("Add key " + made.name(), "key/" + made.name(), lines, false);
    }

    private static String active(List<RecipientKey> before, List<RecipientKey> after) {
        return "Active keys: " + names(before) + " → " + names(after);
    }

    private static String names(List<RecipientKey> some) {
        return some.isEmpty()
                ? "none"
                : some.stream().map(RecipientKey::name).collect(Collectors.joining(", "));
    }

    static void requireReplaceable(RecipientKey old) {
        Keyring.requireCatalog(old);
        if (!old.active()) {
            throw new Refused(
                    "KEY-RETIRED",
                    "Key " + old.name() + " is not active: another one has its place already.",
                    "Rotate the key that is active now.");
        }
    }

    private RecipientKey made(JsonObject parameters, String by) {
        return new RecipientKey(
                        parameters.getString("name"),
                        Purpose.valueOf(parameters.getString("purpose")),
                        parameters.getString("publicKey"),
                        Origin.CATALOG,
                        by,
                        clock.instant())
                .openedByPassphrase(parameters.getString(LOCKED, null));
    }

    @Override
    public void carryOut(JsonObject parameters, String requestedBy, String approvedBy) {
        keys.lock();
        if (parameters.containsKey(RETIRE)) {
            RecipientKey key = key(parameters, RETIRE);
            new Keyring(keys.all()).retire(key, opens(key), keys.running(), clock.instant());
            tell("recipient.retire", key, "", requestedBy, approvedBy);
            return;
        }
        RecipientKey made = made(parameters, requestedBy);
        new Keyring(keys.all()).requireNew(made.name(), made.publicKey());
        String instead = "";
        if (parameters.containsKey(INSTEAD)) {
            RecipientKey old = key(parameters, INSTEAD);
            requireReplaceable(old);
            old.supersede(clock.instant());
            instead = old.name();
        }
        keys.add(made);
        tell("recipient.add", made, instead, requestedBy, approvedBy);
    }

    private void tell(
            String action,
            RecipientKey key,
            String instead,
            String requestedBy,
            String approvedBy) {
        audit.append(
                caller.actor(),
                action,
                "key/" + key.name(),
                Map.of(
                        "purpose",
                        key.purpose().name(),
                        "publicKey",
                        key.publicKey(),
                        "passphrase",
                        key.protectedIdentity().isPresent(),
                        "insteadOf",
                        instead,
                        "requestedBy",
                        requestedBy,
                        "approvedBy",
                        approvedBy));
    }

    private Opens opens(RecipientKey key) {
        return keys.opens().getOrDefault(key.publicKey(), Opens.NOTHING);
    }

    private RecipientKey key(JsonObject parameters, String member) {
        UUID id = UUID.fromString(parameters.getString(member));
        return keys.find(id).orElseThrow(() -> Refused.notFound("key", id));
    }
}
