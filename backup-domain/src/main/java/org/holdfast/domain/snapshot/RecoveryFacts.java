package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.Sha256;

/**
 * What recovering one snapshot without Holdfast takes to know. Names come from the source database
 * and are not trusted; everything else is checked here for its shape.
 *
 * @param snapshot its id
 * @param database name of the database that was dumped
 * @param takenAt the moment whose state is held
 * @param serverMajor of the source; clients must be at least as new
 * @param encoding e.g. {@code UTF8}
 * @param collate e.g. {@code en_US.UTF-8}
 * @param ctype character classification
 * @param icuLocale where the database's locale provider is icu
 * @param extensions name to version
 * @param format of the dump object
 * @param objects the payload: the dump, and the globals where there are any
 * @param recipients age public keys that can open it
 * @param locked identities that a passphrase opens, by the recipient they belong to: age files in
 *     armor
 * @param publicKeyPem of the key the manifest is signed with (Ed25519, SubjectPublicKeyInfo)
 * @param fingerprint SHA-256 of that key in DER
 */
public record RecoveryFacts(
        UUID snapshot,
        String database,
        Instant takenAt,
        int serverMajor,
        String encoding,
        String collate,
        String ctype,
        Optional<String> icuLocale,
        Map<String, String> extensions,
        DumpFormat format,
        List<Manifest.StoredObject> objects,
        List<String> recipients,
        Map<String, String> locked,
        String publicKeyPem,
        Sha256 fingerprint) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,199}");
    private static final Pattern RECIPIENT = Pattern.compile("age1[0-9a-z]+");
    private static final Pattern ARMOR =
            Pattern.compile(
                    "-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]+\n-----END AGE ENCRYPTED FILE-----\n");
    private static final Pattern PEM =
            Pattern.compile(
                    "-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+\n-----END PUBLIC KEY-----\n?");

    /**
     * @throws IllegalArgumentException a fact has not the shape it must have, or the dump is not
     *     among the objects
     */
    public RecoveryFacts {
        objects = List.copyOf(objects);
        recipients = List.copyOf(recipients);
        extensions = Map.copyOf(extensions);
        for (Manifest.StoredObject object : objects) {
            require(NAME, object.name(), "an object's name");
        }
        for (String recipient : recipients) {
            require(RECIPIENT, recipient, "an age recipient");
        }
        locked = Map.copyOf(locked);
        for (Map.Entry<String, String> one : locked.entrySet()) {
            require(RECIPIENT, one.getKey(), "an age recipient");
            require(ARMOR, one.getValue(), "an age file in armor");
        }
        require(PEM, publicKeyPem, "a public key in PEM");
        String dump = format.objectName();
        if (objects.stream().noneMatch(object -> object.name().equals(dump))) {
            throw new IllegalArgumentException("There is no " + dump + " among the objects.");
        }
    }

    /**
     * Out of a manifest that names the payload so far; the kit's own two files are added to it
     * after they were made.
     */
    public static RecoveryFacts of(
            Manifest manifest,
            Map<String, String> locked,
            String publicKeyPem,
            Sha256 fingerprint) {
        Manifest.Origin source = manifest.source();
        return new RecoveryFacts(
                manifest.id(),
                source.database(),
                manifest.takenAt(),
                source.serverMajor(),
                source.encoding(),
                source.collate(),
                source.ctype(),
                source.icuLocale(),
                source.extensions(),
                manifest.format(),
                manifest.objects(),
                manifest.recipients(),
                locked,
                publicKeyPem,
                fingerprint);
    }

    boolean hasGlobals() {
        return objects.stream().anyMatch(object -> object.name().equals(SnapshotKeys.GLOBALS));
    }

    private static void require(Pattern shape, String text, String what) {
        if (!shape.matcher(text).matches()) {
            throw new IllegalArgumentException("\"" + text + "\" is not " + what + ".");
        }
    }
}
