package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;

/**
 * A file of an import place as it was looked at, nothing being changed.
 *
 * @param file its name below the place
 * @param bytes its length
 * @param modified its own time
 * @param kind what it was recognised as, by its content and its name together
 * @param wrapping what is around the content, outermost first, e.g. {@code OpenSSL aes-256-cbc}
 * @param takenAt the dump's time, where the file or its archive tells one
 * @param by what tells it
 * @param database its name, where the dump tells it
 * @param server version of the server that was dumped, where the dump tells it
 * @param checksum what the {@code .sha256} beside it says
 * @param sha256 of the file as it lies there, where it was read to its end
 * @param whole whether it was read to its end, decrypted and decompressed
 * @param against why it cannot be imported, with code and remedy; empty where it can
 * @param notes what is good to know, one sentence each
 */
public record ForeignDump(
        String file,
        long bytes,
        Instant modified,
        Kind kind,
        List<String> wrapping,
        Optional<Instant> takenAt,
        TimeBy by,
        Optional<String> database,
        Optional<String> server,
        Checksum checksum,
        Optional<Sha256> sha256,
        boolean whole,
        Optional<Against> against,
        List<String> notes) {

    /** What is in a file. */
    public enum Kind {
        /** {@code pg_dump -Fc}. */
        ARCHIVE,
        /** {@code pg_dump -Ft}. */
        TAR,
        /** Plain SQL as pg_dump writes it. */
        SQL,
        /** Nothing that is known here; it is not guessed at. */
        UNKNOWN;

        /** The form in which Holdfast keeps it; empty where it does not. */
        public Optional<DumpFormat> storedAs() {
            return switch (this) {
                case ARCHIVE -> Optional.of(DumpFormat.CUSTOM);
                case TAR, SQL -> Optional.of(DumpFormat.PLAIN_GZ);
                case UNKNOWN -> Optional.empty();
            };
        }
    }

    /** Where a dump's time comes from. */
    public enum TimeBy {
        /** The archive's own header. */
        ARCHIVE,
        /** The file's time, which copying may have changed. */
        FILE
    }

    /** What is known of the {@code .sha256} beside a file. */
    public enum Checksum {
        /** There is none. */
        NONE,
        FITS,
        DIFFERS,
        /** There is one, and it is no line of sha256sum for this file. */
        MALFORMED,
        /** There is one; the file is compared with it when it is imported. */
        NOT_COMPARED
    }

    /** Why a file cannot be imported. */
    public record Against(String code, String what, String remedy) {
        public static Against of(Refused refused) {
            return new Against(refused.code(), refused.getMessage(), refused.remedy());
        }
    }

    public boolean importable() {
        return against.isEmpty();
    }

    /** Whether its end was looked at, too: an archive's only pg_restore can judge, on import. */
    public boolean checkedToItsEnd() {
        return whole && kind == Kind.SQL;
    }
}
