package org.holdfast.engine;

import java.nio.charset.StandardCharsets;

/**
 * The names a restore uses on the target's server.
 *
 * @param database the target
 * @param aside the new database: {@code <database>_holdfast_<id>}
 * @param before the old one once it was replaced: {@code <database>_before_<id>}
 * @param id eight hexadecimal digits of the restore's id
 */
public record AsideNames(String database, String aside, String before, String id) {
    /** PostgreSQL cuts longer identifiers off without a word (NAMEDATALEN - 1). */
    private static final int LONGEST = 63;

    /**
     * @param id the restore's id; its last eight hexadecimal digits are used, the random end of a
     *     version 7 UUID
     */
    public static AsideNames of(String database, java.util.UUID id) {
        String digits = id.toString().replace("-", "");
        String brief = digits.substring(digits.length() - 8);
        return new AsideNames(
                database,
                fit(database, "_holdfast_" + brief),
                fit(database, "_before_" + brief),
                brief);
    }

    /** Cuts the database's part at a character's border so that all fits into 63 bytes. */
    private static String fit(String database, String suffix) {
        int room = LONGEST - suffix.length();
        StringBuilder head = new StringBuilder();
        int bytes = 0;
        for (int point : database.codePoints().toArray()) {
            String character = Character.toString(point);
            bytes += character.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > room) {
                break;
            }
            head.append(character);
        }
        return head + suffix;
    }
}
