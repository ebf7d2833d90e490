package org.holdfast.engine;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.Optional;
import java.util.Set;
import org.holdfast.pipeline.CorruptObject;

/**
 * The beginning of an archive of pg_dump, custom or tar: what {@code pg_restore --list} prints as
 * its header, and what its table of contents tells of the database. The format is that of {@code
 * pg_backup_archiver.c}, versions 1.12 (PostgreSQL 9) to 1.16; no program is started to read it.
 *
 * @param created when pg_dump began, in the local time of the machine it ran on: the archive keeps
 *     no time zone
 * @param database that was dumped
 * @param server its version, as it was told, e.g. {@code 15.20 (Debian 15.20-0+deb12u1)}
 * @param client version of the pg_dump
 * @param told of the database's making
 * @param extensions names
 */
public record ArchiveHead(
        LocalDateTime created,
        String database,
        String server,
        String client,
        ToldForm told,
        Set<String> extensions) {
    /**
     * @param newest minor version of the format
     * @param longest bytes of one text
     * @param kept bytes of one text that is not passed over
     * @param most bytes of the whole table of contents
     */
    private record Bounds(int newest, int longest, int kept, long most) {}

    /**
     * The longest definitions are of functions; none that is asked for here is as long as 1 MiB.
     */
    private static final Bounds READING = new Bounds(255, 64 << 20, 1 << 20, 256L << 20);

    /** PostgreSQL has no text of more than 1 GiB. */
    private static final Bounds PASSING = new Bounds(16, 1 << 30, 0, Long.MAX_VALUE);

    private static final int MOST_ENTRIES = 10_000_000;
    private static final int TAR = 3;
    private static final int TAR_BLOCK = 512;

    /**
     * @param in the archive's first byte is next; as much of it is read as holds the table of
     *     contents
     * @param tar whether it is a tar, whose first member is {@code toc.dat}
     * @throws CorruptObject it is cut, or no archive of a version known here
     */
    public static ArchiveHead read(InputStream in, String name, boolean tar) throws IOException {
        try {
            if (tar) {
                in.skipNBytes(TAR_BLOCK);
            }
            return new Reader(new DataInputStream(in), READING).head();
        } catch (EOFException e) {
            throw corrupt(name, "it ends within its table of contents", e);
        } catch (Unknown | DateTimeException e) {
            throw corrupt(name, e.getMessage(), e);
        }
    }

    /**
     * Reads as far as the table of contents goes, and not a byte further, however long it is: no
     * text of it is held.
     *
     * @param in a custom-format archive's first byte is next
     * @return whether that is where it stands now; otherwise it is cut, or none that is known here
     */
    static boolean pass(InputStream in) throws IOException {
        try {
            new Reader(new DataInputStream(in), PASSING).head();
            return true;
        } catch (EOFException | Unknown | DateTimeException e) {
            return false;
        }
    }

    private static CorruptObject corrupt(String name, String how, Exception cause) {
        return new CorruptObject(
                CorruptObject.Found.HEADER,
                0,
                name + " is no whole archive of pg_dump: " + how + ".",
                cause);
    }

    /** Major and minor of a version that was told with more words. */
    static Optional<ServerVersion> version(String told) {
        try {
            return Optional.of(ServerVersion.of(told));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public Optional<ServerVersion> serverVersion() {
        return version(server);
    }

    public Optional<ServerVersion> clientVersion() {
        return version(client);
    }

    private static final class Unknown extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unknown(String message) {
            super(message);
        }
    }

    private static final class Reader {
        private final DataInputStream in;
        private final Bounds bounds;
        private int version;
        private int intSize;
        private int offSize;
        private int format;
        private long taken;

        Reader(DataInputStream in, Bounds bounds) {
            this.in = in;
            this.bounds = bounds;
        }

        ArchiveHead head() throws IOException {
            byte[] magic = new byte[5];
            in.readFully(magic);
            if (!new String(magic, StandardCharsets.US_ASCII).equals("PGDMP")) {
                throw new Unknown("it does not begin with PGDMP");
            }
            int major = in.readUnsignedByte();
            int minor = in.readUnsignedByte();
            in.readUnsignedByte();
            version = minor;
            if (major != 1 || minor < 12 || minor > bounds.newest) {
                throw new Unknown("its format version is " + major + "." + minor);
            }
            intSize = in.readUnsignedByte();
            offSize = in.readUnsignedByte();
            if (intSize < 1 || intSize > 8 || offSize < 1 || offSize > 8) {
                throw new Unknown("its header is damaged");
            }
            format = in.readUnsignedByte();
            if (version >= 15) {
                in.readUnsignedByte();
            } else {
                number();
            }
            int second = (int) number();
            int minute = (int) number();
            int hour = (int) number();
            int day = (int) number();
            int month = (int) number() + 1;
            int year = (int) number() + 1900;
            number();
            LocalDateTime created =
                    LocalDateTime.of(year, month, day, hour, minute, Math.min(second, 59));
            String database = text();
            String server = text();
            String client = text();
            return contents(created, orEmpty(database), orEmpty(server), orEmpty(client));
        }

        private static String orEmpty(String text) {
            return text == null ? "" : text;
        }

        private ArchiveHead contents(
                LocalDateTime created, String database, String server, String client)
                throws IOException {
            long entries = number();
            if (entries < 0 || entries > MOST_ENTRIES) {
                throw new Unknown("its table of contents is damaged");
            }
            String encoding = "";
            String create = "";
            ToldExtensions extensions = new ToldExtensions();
            for (long i = 0; i < entries; i++) {
                number();
                number();
                text();
                text();
                text();
                String kind = orEmpty(text());
                number();
                String definition = orEmpty(text());
                text();
                text();
                text();
                text();
                if (version >= 14) {
                    text();
                }
                if (version >= 16) {
                    number();
                }
                text();
                text();
                while (text() != null) {
                    // What it depends on, until there is no more.
                }
                if (format == TAR) {
                    text();
                } else {
                    in.readUnsignedByte();
                    in.skipNBytes(offSize);
                }
                switch (kind) {
                    case "ENCODING" -> encoding = definition;
                    case "DATABASE" -> create = definition;
                    case "EXTENSION" -> {
                        if (!extensions.take(definition)) {
                            throw new Unknown("it has " + ToldExtensions.TOO_MANY);
                        }
                    }
                    default -> {}
                }
            }
            return new ArchiveHead(
                    created,
                    database,
                    server,
                    client,
                    ToldForm.of(create, encoding),
                    extensions.names());
        }

        /** A sign and {@code intSize} bytes, the lowest first. */
        private long number() throws IOException {
            take(1 + intSize);
            boolean negative = in.readUnsignedByte() != 0;
            long value = 0;
            for (int i = 0; i < intSize; i++) {
                value |= (long) in.readUnsignedByte() << (8 * i);
            }
            return negative ? -value : value;
        }

        private void take(long bytes) {
            taken += bytes;
            if (taken > bounds.most) {
                throw new Unknown("its table of contents is of more than 256 MiB");
            }
        }

        /** Null where there is none, empty where it is too long to be kept. */
        private String text() throws IOException {
            long length = number();
            if (length < 0) {
                return null;
            }
            if (length > bounds.longest) {
                throw new Unknown("its table of contents is damaged");
            }
            take(length);
            if (length > bounds.kept) {
                in.skipNBytes(length);
                return "";
            }
            byte[] bytes = in.readNBytes((int) length);
            if (bytes.length < length) {
                throw new EOFException();
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
