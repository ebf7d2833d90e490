package org.holdfast.engine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;

/** An archive of pg_dump, custom format 1.14, as pg_backup_archiver.c writes its beginning. */
public final class ArchiveBytes {
    private static final int INT = 4;
    private static final int OFFSET = 8;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private ArchiveBytes() {}

    /**
     * @param client version of the pg_dump
     * @param entries of the table of contents, each of somewhat more than 1 KiB
     * @param data bytes behind it
     */
    public static byte[] of(LocalDateTime created, String client, int entries, int data) {
        ArchiveBytes archive = new ArchiveBytes();
        archive.head(created, client);
        archive.number(entries);
        for (int i = 0; i < entries; i++) {
            archive.entry(i);
        }
        archive.out.writeBytes(new byte[data]);
        return archive.out.toByteArray();
    }

    private void head(LocalDateTime created, String client) {
        out.writeBytes("PGDMP".getBytes(StandardCharsets.US_ASCII));
        for (int b : new int[] {1, 14, 0, INT, OFFSET, 1}) {
            out.write(b);
        }
        number(-1);
        number(created.getSecond());
        number(created.getMinute());
        number(created.getHour());
        number(created.getDayOfMonth());
        number(created.getMonthValue() - 1);
        number(created.getYear() - 1900);
        number(0);
        text("shop");
        text("15.20");
        text(client);
    }

    private void entry(int id) {
        number(id);
        number(0);
        text("0");
        text("0");
        text("t" + id);
        text("TABLE");
        number(1);
        text("CREATE TABLE t" + id + " (" + "x".repeat(1024) + ");");
        for (int i = 0; i < 7; i++) {
            text("");
        }
        number(-1);
        out.write(0);
        out.writeBytes(new byte[OFFSET]);
    }

    private void number(int value) {
        out.write(value < 0 ? 1 : 0);
        for (int i = 0; i < INT; i++) {
            out.write(Math.abs(value) >> (8 * i));
        }
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        out.writeBytes(bytes);
    }
}
