package org.holdfast.domain.storage;

/** What a store can do for the safety of what it keeps, beside keeping it. */
public enum Guard {
    VERSIONING("Versioning"),
    ENCRYPTION("Default encryption"),
    OBJECT_LOCK("Object Lock"),
    OLD_VERSIONS("Old versions"),
    DELETE_MARKERS("Delete markers"),
    UNFINISHED_UPLOADS("Unfinished uploads"),
    EXPIRY("Expiry of current objects"),
    TRANSITION("Move to another class"),
    PUBLIC_POLICY("Bucket policy"),
    PUBLIC_ACL("Access list"),
    PUBLIC_BLOCK("Public access block"),
    PERMISSIONS("Permissions"),
    FILE_SYSTEM("File system"),
    ROOM("Free space");

    private final String title;

    Guard(String title) {
        this.title = title;
    }

    /** Its name for people. */
    public String title() {
        return title;
    }
}
