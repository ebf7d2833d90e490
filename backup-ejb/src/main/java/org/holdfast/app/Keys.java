package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.holdfast.config.Settings;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.keys.AgeKeys;
import org.holdfast.domain.keys.Opens;
import org.holdfast.domain.keys.RecipientKey;
import org.holdfast.domain.keys.RecipientKey.Purpose;
import org.holdfast.domain.keys.RecipientKeys;
import org.holdfast.domain.keys.SealedSecrets;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Secret;
import org.holdfast.security.Sealer;
import org.holdfast.security.SigningKeys;

/**
 * The keys that open the backups, and the server's own two: what signs manifests and what seals the
 * catalog's secrets. An identity made here is handed out by the call that made it and is nowhere
 * afterwards.
 */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, AUDITOR_NAME})
public class Keys {
    /** No I and no O, so that an answer can be read out. */
    private static final String LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private static final int ANSWER_GROUPS = 6;
    private static final int GROUP = 5;
    private static final Pattern NUMBERED = Pattern.compile("(.*)-(\\d{1,6})");

    @Inject private RecipientKeys keys;
    @Inject private AgeKeys ageKeys;
    @Inject private Passphrases passphrases;
    @Inject private SealedSecrets sealed;
    @Inject private Sealer sealer;
    @Inject private SealRotation sealRotation;
    @Inject private SigningKeys signing;
    @Inject private RecipientChange change;
    @Inject private Approvals approvals;
    @Inject private Settings settings;
    @Inject private SecondFactor secondFactor;
    @Inject private PolicyInForce policy;
    @Inject private AuditLog audit;
    @Inject private Caller caller;
    @Inject private Clock clock;

    private final SecureRandom random = new SecureRandom();

    /**
     * A key with what it opens and what is due.
     *
     * @param rotationDue when a new one is to take its place
     * @param rotate whether that time has come
     * @param proofDue when its holder is to show that the identity is there
     * @param prove whether that time has come
     * @param challenge that waits for an answer, armored
     */
    public record Entry(
            RecipientKey key,
            Opens opens,
            Optional<Instant> rotationDue,
            boolean rotate,
            Optional<Instant> proofDue,
            boolean prove,
            Optional<String> challenge) {}

    /**
     * A key that was just added, or asked for.
     *
     * @param id empty while it waits for a second person
     * @param identityFile present where Holdfast made the pair: to be shown once and kept nowhere;
     *     encrypted where a passphrase protects it
     * @param passphrase whether one protects it
     * @param approval what it waits for, where a second person has to agree
     */
    public record Made(
            Optional<UUID> id,
            String name,
            Purpose purpose,
            String publicKey,
            Optional<Secret> identityFile,
            boolean passphrase,
            Optional<UUID> approval) {}

    /** A public key that manifests are or were signed with; {@code fingerprint} in hex. */
    public record Signing(String fingerprint, String publicPem, boolean current) {}

    /**
     * @param sealingKey id of the key that seals now
     * @param sealingConfigured whether the configuration gives it
     * @param sealedBefore how many secrets are sealed with an older key still
     */
    public record OfServer(
            List<Signing> signing,
            String sealingKey,
            boolean sealingConfigured,
            long sealedBefore) {}

    // --- recipients --------------------------------------------------------------------------

    public List<Entry> all() {
        Map<String, Opens> opens = keys.opens();
        return keys.all().stream().map(k -> entry(k, opens)).toList();
    }

    public Entry one(UUID id) {
        return entry(key(id), keys.opens());
    }

    private Entry entry(RecipientKey key, Map<String, Opens> opens) {
        Instant now = clock.instant();
        Optional<Instant> rotation = key.rotationDue(policy.now().keyRotationDays());
        Optional<Instant> proof = key.proofDue();
        return new Entry(
                key,
                opens.getOrDefault(key.publicKey(), Opens.NOTHING),
                rotation,
                rotation.filter(due -> !due.isAfter(now)).isPresent(),
                proof,
                proof.filter(due -> !due.isAfter(now)).isPresent(),
                key.challenge(now));
    }

    private RecipientKey key(UUID id) {
        return keys.find(id).orElseThrow(() -> Refused.notFound("key", id));
    }

    /** How many rotations and proofs are due. */
    public long due() {
        Instant now = clock.instant();
        int days = policy.now().keyRotationDays();
        return keys.all().stream()
                .mapToLong(
                        k ->
                                (k.rotationDue(days).filter(d -> !d.isAfter(now)).isPresent()
                                                ? 1
                                                : 0)
                                        + (k.proofDue().filter(d -> !d.isAfter(now)).isPresent()
                                                ? 1
                                                : 0))
                .sum();
    }

    /** The newest kept backups that a key opens. */
    public List<RecipientKeys.Opened> opened(UUID id, int max) {
        return keys.opened(key(id).publicKey(), max);
    }

    /** Names of keys by their public key, for whoever may see a backup. */
    @RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
    public Optional<String> nameOf(String publicKey) {
        return keys.all().stream()
                .filter(k -> k.publicKey().equals(publicKey))
                .map(RecipientKey::name)
                .findFirst();
    }

    /** Whether a second person has to agree to a change of keys, who has to be told why. */
    public boolean asksSecondPerson() {
        return settings.fourEyesOperations().contains(RecipientChange.OPERATION);
    }

    /**
     * Adds a public key whose identity somebody else holds.
     *
     * @param reason why; needed where a second person has to agree
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public Made add(String name, Purpose purpose, String publicKey, String reason, String otp) {
        keys.lock();
        Pair pair = new Pair(ageKeys.requirePublic(publicKey), null, false);
        return enter(name, purpose, pair, null, reason, otp);
    }

    /**
     * Makes a key pair and adds its public half; the identity is in the answer and nowhere else.
     *
     * @param passphrase where one is to protect the identity, which is then kept, encrypted, and
     *     put beside every backup; else null
     * @param reason why; needed where a second person has to agree
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public Made generate(
            String name, Purpose purpose, Secret passphrase, String reason, String otp) {
        Pair pair = pair(passphrase);
        keys.lock();
        return enter(name, purpose, pair, null, reason, otp);
    }

    /**
     * Puts a new key in a key's place for new backups; older ones stay open to the old identity.
     *
     * @param publicKey of the new one; null: a pair is made
     * @param passphrase that protects the identity of the pair made, else null
     * @param reason why; needed where a second person has to agree
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public Made rotate(UUID id, String publicKey, Secret passphrase, String reason, String otp) {
        boolean given = publicKey != null && !publicKey.isBlank();
        Pair pair =
                given ? new Pair(ageKeys.requirePublic(publicKey), null, false) : pair(passphrase);
        keys.lock();
        RecipientKey old = key(id);
        RecipientChange.requireReplaceable(old);
        return enter(nextName(old.name()), old.purpose(), pair, id, reason, otp);
    }

    /**
     * @param identityFile null where somebody else holds it
     * @param locked whether a passphrase protects it
     */
    private record Pair(String publicKey, Secret identityFile, boolean locked) {}

    private Pair pair(Secret passphrase) {
        boolean locked = passphrase != null;
        if (locked) {
            passphrases.requireStrong(passphrase);
        }
        AgeKeys.Pair made = ageKeys.generate();
        if (locked) {
            made = passphrases.protect(made, passphrase);
        }
        return new Pair(made.publicKey(), made.identityFile(), locked);
    }

    private Made enter(
            String name, Purpose purpose, Pair pair, UUID instead, String reason, String otp) {
        Optional<UUID> approval =
                decide(
                        RecipientChange.add(
                                name,
                                purpose,
                                pair.publicKey(),
                                instead,
                                pair.identityFile() != null,
                                pair.locked() ? pair.identityFile().reveal() : null),
                        reason,
                        otp);
        return new Made(
                keys.all().stream()
                        .filter(k -> k.publicKey().equals(pair.publicKey()))
                        .map(RecipientKey::id)
                        .findFirst(),
                name,
                purpose,
                pair.publicKey(),
                Optional.ofNullable(pair.identityFile()),
                pair.locked(),
                approval);
    }

    /** {@code escrow} is followed by {@code escrow-2}, that by {@code escrow-3}. */
    private String nextName(String name) {
        List<String> taken = keys.all().stream().map(RecipientKey::name).toList();
        Matcher numbered = NUMBERED.matcher(name);
        boolean has = numbered.matches();
        String stem = has ? numbered.group(1) : name;
        int number = has ? Integer.parseInt(numbered.group(2)) + 1 : 2;
        while (taken.contains(stem + "-" + number)) {
            number++;
        }
        return stem + "-" + number;
    }

    /**
     * Says that a key's identity is needed no more.
     *
     * @param reason why; needed where a second person has to agree
     * @return what waits for that person, where one is asked for
     * @throws Refused where a kept backup needs it, or too few keys would remain
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public Optional<UUID> retire(UUID id, String reason, String otp) {
        keys.lock();
        return decide(RecipientChange.retire(key(id).id()), reason, otp);
    }

    /** Every other refusal comes before the code is spent. */
    private Optional<UUID> decide(JsonObject parameters, String reason, String otp) {
        change.plan(parameters);
        secondFactor.require(
                caller.name(),
                otp,
                RecipientChange.OPERATION
                        + " "
                        + CanonicalJson.text(RecipientChange.decided(parameters)));
        if (approvals.asked(RecipientChange.OPERATION, parameters)) {
            return Optional.of(approvals.request(RecipientChange.OPERATION, parameters, reason));
        }
        change.carryOut(parameters, caller.name(), caller.name());
        return Optional.empty();
    }

    // --- proof that an identity is there -----------------------------------------------------

    /** Makes a challenge for the holder of a key's identity, in place of one that waits. */
    @RolesAllowed(SUPER_GURU_NAME)
    public Entry challenge(UUID id) {
        keys.lock();
        RecipientKey key = key(id);
        key.requireLiving();
        Secret answer = answer();
        key.challenge(
                ageKeys.encrypt(key.publicKey(), Secret.of(answer.reveal() + "\n")),
                answer,
                clock.instant());
        audit.append(caller.actor(), "recipient.challenge", "key/" + key.name(), Map.of());
        return one(id);
    }

    private Secret answer() {
        List<String> groups = new ArrayList<>();
        for (int i = 0; i < ANSWER_GROUPS; i++) {
            StringBuilder group = new StringBuilder();
            for (int j = 0; j < GROUP; j++) {
                group.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
            groups.add(group.toString());
        }
        return Secret.of(String.join("-", groups));
    }

    /**
     * Takes what the holder's {@code age -d} printed.
     *
     * @throws Refused KEY-PROOF or KEY-PROOF-OVER
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public Entry prove(UUID id, String answer, String otp) {
        keys.lock();
        RecipientKey key = key(id);
        key.prove(answer, caller.name(), clock.instant());
        secondFactor.require(caller.name(), otp, "recipient.prove " + key.name());
        audit.append(
                caller.actor(),
                "recipient.prove",
                "key/" + key.name(),
                Map.of("publicKey", key.publicKey()));
        return one(id);
    }

    // --- the server's own --------------------------------------------------------------------

    public OfServer ofServer() {
        String now = sealer.keyId();
        return new OfServer(
                signing.all().stream()
                        .map(k -> new Signing(k.fingerprint().hex(), k.pem(), k.current()))
                        .toList(),
                now,
                sealer.configured(),
                sealed.byKey().entrySet().stream()
                        .filter(e -> !e.getKey().equals(now))
                        .mapToLong(Map.Entry::getValue)
                        .sum());
    }

    /** Signs with a new key from now on; what earlier ones signed still verifies. */
    @RolesAllowed(SUPER_GURU_NAME)
    public OfServer rotateSigning(String otp) {
        keys.lock();
        secondFactor.require(caller.name(), otp, "key.rotate signing");
        String old = signing.fingerprint().hex();
        String next = signing.rotate().hex();
        audit.append(caller.actor(), "key.rotate", "key/signing", Map.of("old", old, "new", next));
        return ofServer();
    }

    /**
     * Seals every secret of the catalog with a new key, in one transaction; calling it again
     * finishes what was interrupted ({@link SealRotation}).
     *
     * @return how many secrets were sealed anew
     * @throws Refused SET-BY-CONFIGURATION where the configuration gives the key and no newer one
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public long rotateSealing(String otp) {
        keys.lock();
        secondFactor.require(caller.name(), otp, "key.rotate sealing");
        SealRotation.Done done = sealRotation.run();
        audit.append(
                caller.actor(),
                "key.rotate",
                "key/seal",
                Map.of(
                        "old", String.join(",", done.old().keySet().stream().sorted().toList()),
                        "new", sealer.keyId(),
                        "secrets", done.secrets()));
        return done.secrets();
    }
}
