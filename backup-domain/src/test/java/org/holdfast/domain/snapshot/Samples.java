package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.storage.ObjectKey;

/** Facts for tests: source {@code shop}, its run and the snapshot it left. */
public final class Samples {
    public static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private Samples() {}

    public static Source shop() {
        return new Source("shop", Origin.CONFIGURATION, "postgresql://u:***@db:5432/shop", null);
    }

    public static BackupRun queued() {
        return new BackupRun(shop(), "olga", DumpFormat.CUSTOM, RowProof.COUNTS, "default", NOON);
    }

    public static Snapshot uploaded() {
        BackupRun run = queued();
        return new Snapshot(
                run, new ObjectKey("shop/2026/11/" + run.id()), NOON, 1000, 400, 15, "{}", NOON);
    }

    public static Snapshot verified() {
        Snapshot snapshot = uploaded();
        snapshot.verified(NOON.plusSeconds(60));
        return snapshot;
    }

    /** Of a cluster "1", PostgreSQL 15.20, with 100 rows in public.orders. */
    public static Manifest manifest(Snapshot snapshot) {
        return new Manifest(
                1,
                snapshot.id(),
                new Manifest.Origin(
                        "shop",
                        "postgresql://u:***@db:5432/shop",
                        "1",
                        "shop",
                        "15.20",
                        15,
                        "UTF8",
                        "C.UTF-8",
                        "C.UTF-8",
                        "libc",
                        Optional.empty(),
                        Map.of("pg_trgm", "1.6")),
                Map.of(),
                DumpFormat.CUSTOM,
                "olga",
                "default",
                NOON,
                NOON,
                NOON.plusSeconds(30),
                new Manifest.Bytes(1000, 500, 400),
                List.of(),
                List.of(),
                RowProof.COUNTS,
                List.of(new Manifest.Table("public", "orders", 100, 16_384, Optional.empty())),
                Map.of(),
                new Manifest.LargeObjects(0, Optional.empty()));
    }
}
