package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Sha256;

/**
 * What a snapshot says of itself. Its JSON text is signed (Ed25519) and written last: an object
 * without a manifest is not a backup.
 *
 * @param formatVersion of this document, now 1
 * @param id the snapshot's
 * @param source what was dumped
 * @param tools versions by name: holdfast, pg_dump, zstd, age format
 * @param format of the dump object
 * @param requestedBy who asked
 * @param policyVersion in force
 * @param takenAt the moment whose state is held: the export of the dump's database snapshot
 * @param startedAt when work began
 * @param finishedAt when the last payload byte was stored
 * @param bytes sizes of the dump
 * @param objects every object below the snapshot's key but manifest and signature
 * @param recipients age public keys that can open it
 * @param rowProof what was recorded of tables
 * @param tables in schema and name order; empty where {@code rowProof} is OFF
 * @param sequences qualified name to last value
 * @param largeObjects how many, and their hash where {@code rowProof} is HASHES
 * @param imported where the dump came from that was made elsewhere; empty for Holdfast's own
 */
public record Manifest(
        int formatVersion,
        UUID id,
        Origin source,
        Map<String, String> tools,
        DumpFormat format,
        String requestedBy,
        String policyVersion,
        Instant takenAt,
        Instant startedAt,
        Instant finishedAt,
        Bytes bytes,
        List<StoredObject> objects,
        List<String> recipients,
        RowProof rowProof,
        List<Table> tables,
        Map<String, Long> sequences,
        LargeObjects largeObjects,
        Optional<Imported> imported) {

    /** Of Holdfast's own making. */
    public Manifest(
            int formatVersion,
            UUID id,
            Origin source,
            Map<String, String> tools,
            DumpFormat format,
            String requestedBy,
            String policyVersion,
            Instant takenAt,
            Instant startedAt,
            Instant finishedAt,
            Bytes bytes,
            List<StoredObject> objects,
            List<String> recipients,
            RowProof rowProof,
            List<Table> tables,
            Map<String, Long> sequences,
            LargeObjects largeObjects) {
        this(
                formatVersion,
                id,
                source,
                tools,
                format,
                requestedBy,
                policyVersion,
                takenAt,
                startedAt,
                finishedAt,
                bytes,
                objects,
                recipients,
                rowProof,
                tables,
                sequences,
                largeObjects,
                Optional.empty());
    }

    /**
     * A dump that was made elsewhere. Nothing of it was counted or hashed under the dump's own
     * snapshot.
     *
     * @param place of the import
     * @param file its name there
     * @param bytes its length as it lay there
     * @param sha256 of the file as it lay there
     * @param form what it was: the content's kind, and what was around it
     * @param takenBy what told {@code takenAt}: {@code archive} or {@code file}
     * @param by who imported it
     * @param changed what was left out or turned into another form on the way, one sentence each
     */
    public record Imported(
            String place,
            String file,
            long bytes,
            Sha256 sha256,
            String form,
            String takenBy,
            String by,
            List<String> changed) {}

    /**
     * @param name of the source in Holdfast
     * @param url redacted
     * @param systemIdentifier of the cluster ({@code pg_control_system()})
     * @param database its name
     * @param serverVersion e.g. {@code 15.20}
     * @param serverMajor e.g. 15
     * @param encoding e.g. {@code UTF8}
     * @param collate e.g. {@code en_US.UTF-8}
     * @param ctype character classification
     * @param localeProvider {@code libc} or {@code icu}
     * @param icuLocale where the provider is icu
     * @param extensions name to version
     */
    public record Origin(
            String name,
            String url,
            String systemIdentifier,
            String database,
            String serverVersion,
            int serverMajor,
            String encoding,
            String collate,
            String ctype,
            String localeProvider,
            Optional<String> icuLocale,
            Map<String, String> extensions) {}

    /**
     * @param raw what pg_dump wrote
     * @param compressed after zstd
     * @param stored after age, as it lies in the store
     */
    public record Bytes(long raw, long compressed, long stored) {}

    /**
     * @param name below the snapshot's key
     * @param size bytes in the store
     * @param sha256 of the stored bytes
     */
    public record StoredObject(String name, long size, Sha256 sha256) {}

    /**
     * @param rows exact, under the dump's own snapshot
     * @param bytes on the source's disk with its TOAST, without indexes; a hint for sharing work
     * @param hash order-independent, present where {@link RowProof#HASHES}
     */
    public record Table(String schema, String name, long rows, long bytes, Optional<String> hash) {
        public String qualifiedName() {
            return schema + "." + name;
        }
    }

    /**
     * @param count how many
     * @param hash of ids and contents where {@link RowProof#HASHES}
     */
    public record LargeObjects(long count, Optional<String> hash) {}

    /** The same with other objects. */
    public Manifest withObjects(List<StoredObject> others) {
        return new Manifest(
                formatVersion,
                id,
                source,
                tools,
                format,
                requestedBy,
                policyVersion,
                takenAt,
                startedAt,
                finishedAt,
                bytes,
                List.copyOf(others),
                recipients,
                rowProof,
                tables,
                sequences,
                largeObjects,
                imported);
    }

    public long rows() {
        return tables.stream().mapToLong(Table::rows).sum();
    }

    public StoredObject object(String name) {
        return objects.stream()
                .filter(o -> o.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalStateException(
                                        "The manifest of " + id + " has no object " + name + "."));
    }
}
