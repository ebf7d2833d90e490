package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.holdfast.domain.storage.ObjectKey;

/** The layout of a store, readable without the product. */
public final class SnapshotKeys {
    public static final String MANIFEST = "manifest.json";
    public static final String SIGNATURE = "manifest.json.sig";
    public static final String GLOBALS = "globals.sql.zst.age";
    public static final String RECOVER_MD = "RECOVER.md";
    public static final String RECOVER_SH = "recover.sh";
    private static final DateTimeFormatter MONTH =
            DateTimeFormatter.ofPattern("yyyy/MM").withZone(ZoneOffset.UTC);

    private SnapshotKeys() {}

    /** {@code <source>/<yyyy>/<MM>/<snapshot id>}, by the UTC month the run was queued in. */
    public static ObjectKey of(String source, Instant queuedAt, UUID id) {
        return new ObjectKey(source + "/" + MONTH.format(queuedAt) + "/" + id);
    }
}
