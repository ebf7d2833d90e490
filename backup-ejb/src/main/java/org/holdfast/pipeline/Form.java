package org.holdfast.pipeline;

/**
 * How an object is wrapped, as its name's endings say: {@code .zst} or {@code .gz}, then {@code
 * .age}. The name decides, so that it always tells the truth to whoever recovers by hand.
 */
public record Form(Packing packing, boolean encrypted) {
    /** How the content is compressed. */
    public enum Packing {
        NONE,
        GZIP,
        ZSTD
    }

    /** E.g. {@code database.dump.zst.age}: zstd, encrypted; {@code shop.sql.gz}: gzip, open. */
    public static Form ofName(String name) {
        boolean encrypted = name.endsWith(".age");
        String inner = encrypted ? name.substring(0, name.length() - ".age".length()) : name;
        Packing packing =
                inner.endsWith(".zst")
                        ? Packing.ZSTD
                        : inner.endsWith(".gz") ? Packing.GZIP : Packing.NONE;
        return new Form(packing, encrypted);
    }
}
