package org.holdfast.domain.snapshot;

/** What is stored of the database. */
public enum DumpFormat {
    /** {@code pg_dump -Fc -Z0}, zstd, age: the standard. */
    CUSTOM("database.dump.zst.age"),
    /** Plain SQL, gzip, age: an export for tools that read nothing else. */
    PLAIN_GZ("database.sql.gz.age");

    private final String objectName;

    DumpFormat(String objectName) {
        this.objectName = objectName;
    }

    /** Name of the object below the snapshot's key. */
    public String objectName() {
        return objectName;
    }
}
