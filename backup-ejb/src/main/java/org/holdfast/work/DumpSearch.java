package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.ForeignDump;
import org.holdfast.domain.snapshot.ForeignDump.Against;
import org.holdfast.domain.snapshot.ForeignDump.Checksum;
import org.holdfast.domain.snapshot.ForeignDump.Kind;
import org.holdfast.domain.snapshot.ForeignDump.TimeBy;
import org.holdfast.domain.snapshot.ForeignDumps;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.ForeignFiles.Entry;
import org.holdfast.domain.storage.StoreFailure;
import org.holdfast.engine.ArchiveHead;
import org.holdfast.engine.ForeignSql;
import org.holdfast.engine.ServerVersion;
import org.holdfast.pipeline.ChecksumFile;
import org.holdfast.pipeline.CorruptObject;
import org.holdfast.pipeline.CountingInput;
import org.holdfast.pipeline.DumpKeys;
import org.holdfast.pipeline.Unwrapped;

/**
 * Looks into the files of an import place. Small files are read to their ends, large ones as far as
 * their headers: a page waits for it. What was not read is said to be so. Where files are chosen,
 * each header is read whole or the file is refused: what is to be decided by is in it.
 */
@ApplicationScoped
class DumpSearch implements ForeignDumps {
    static final int MOST = 2000;

    private static final Logger LOG = Logger.getLogger(DumpSearch.class.getName());

    /** For a whole listing, and for one file of it. */
    private static final Duration LISTING = Duration.ofSeconds(10);

    private static final Duration ONE = Duration.ofSeconds(2);

    /**
     * For the headers of all files that are chosen at once. The code was spent before, so this
     * transaction holds its row, and the same person's next code waits for that no longer than
     * {@link org.holdfast.persistence.CatalogDataSource#LONGEST_WAIT}. This and a look-up, an
     * opening or a read that begins at its end have to be well below that.
     */
    static final Duration CHOICE = Duration.ofSeconds(6);

    /**
     * For each of these in a bucket meanwhile, retries included but for the last, which may take a
     * quarter of it. A place that is a directory has a limit of its own, which is shorter.
     */
    static final Duration OPENING = Duration.ofSeconds(8);

    /** For one call to a bucket while a page waits. */
    private static final Duration PAGE = Duration.ofMinutes(2);

    @Inject private ImportPlaces places;
    @Inject private Settings settings;
    @Inject private Toolbox tools;
    @Inject private Clock clock;

    private final Semaphore elsewhere = new Semaphore(1, true);
    private final Map<String, Semaphore> turns = new ConcurrentHashMap<>();
    private final Duration listing;
    private final Duration choice;

    DumpSearch() {
        this.listing = LISTING;
        this.choice = CHOICE;
    }

    /** Outside a server. */
    DumpSearch(
            ImportPlaces places,
            Settings settings,
            Toolbox tools,
            Clock clock,
            Duration listing,
            Duration choice) {
        this.places = places;
        this.settings = settings;
        this.tools = tools;
        this.clock = clock;
        this.listing = listing;
        this.choice = choice;
    }

    @Override
    public List<Place> places() {
        return settings.importPlaces().entrySet().stream()
                .map(e -> new Place(e.getKey(), where(e.getValue())))
                .toList();
    }

    private static String where(Settings.ImportPlace place) {
        return place.directory()
                .map(Object::toString)
                .orElseGet(() -> place.store() + ":" + place.prefix());
    }

    @Override
    public Listing list(String place) {
        Semaphore turn = takeTurn(place);
        try {
            return look(place);
        } finally {
            turn.release();
        }
    }

    /**
     * A look may cost this machine seconds of work: one at a time in each place, whoever asks, so
     * that a place that hangs holds up no other.
     */
    private Semaphore takeTurn(String place) {
        Semaphore turn =
                settings.importPlaces().containsKey(place)
                        ? turns.computeIfAbsent(place, p -> new Semaphore(1, true))
                        : elsewhere;
        boolean mine;
        try {
            mine = turn.tryAcquire(listing.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            mine = false;
        }
        if (!mine) {
            throw new Refused(
                    "IMPORT-BUSY",
                    "Somebody else is looking at the place \"" + place + "\" just now.",
                    "Try again in a moment.");
        }
        return turn;
    }

    private Listing look(String place) {
        DumpKeys keys = places.keys();
        try (ForeignFiles files = places.open(place, PAGE)) {
            List<Entry> entries = new ArrayList<>();
            boolean whole = files.list(MOST, entries::add);
            Look look = new Look(files, entries, whole, keys, Patience.ofPage(listing));
            List<ForeignDump> dumps = new ArrayList<>();
            for (Entry entry : entries) {
                if (!look.isChecksumOfAnother(entry)) {
                    dumps.add(look.at(entry));
                }
            }
            return new Listing(List.copyOf(dumps), whole);
        } catch (StoreFailure e) {
            throw unreadable(place, e);
        }
    }

    private static Refused unreadable(String place, StoreFailure e) {
        return new Refused(
                "IMPORT-PLACE",
                "The place \"" + place + "\" cannot be read: " + e.getMessage(),
                remedy(e, "Make it, or correct its setting."));
    }

    /**
     * @param missing what to do about what is not there
     */
    private static String remedy(StoreFailure e, String missing) {
        return switch (e.kind()) {
            case DENIED ->
                    "Let the user that Holdfast runs as read it; where it is in a bucket, let the"
                            + " store's access key.";
            case MISSING -> missing;
            case CORRUPT -> "Wait until whatever writes it is done, and list the place again.";
            case UNREACHABLE, NO_SPACE ->
                    "See what is wrong with its disk, share or store, and list the place again.";
        };
    }

    @Override
    public List<ForeignDump> choose(
            String place, List<String> names, Consumer<List<Found>> before) {
        Semaphore turn = takeTurn(place);
        try {
            return chosen(place, names, before);
        } finally {
            turn.release();
        }
    }

    private List<ForeignDump> chosen(
            String place, List<String> names, Consumer<List<Found>> before) {
        DumpKeys keys = places.keys();
        List<Entry> entries = new ArrayList<>();
        boolean whole;
        try (ForeignFiles files = places.open(place, PAGE)) {
            whole = files.list(MOST, entries::add);
        } catch (StoreFailure e) {
            throw unreadable(place, e);
        }
        List<Entry> chosen = names.stream().map(name -> find(place, name, entries, whole)).toList();
        before.accept(
                chosen.stream().map(e -> new Found(e.name(), e.size(), e.modified())).toList());
        try (ForeignFiles files = places.open(place, OPENING)) {
            Look look = new Look(files, entries, whole, keys, Patience.ofChoice(choice));
            List<ForeignDump> dumps = new ArrayList<>();
            for (Entry entry : chosen) {
                ForeignDump dump = look.at(entry);
                dump.against()
                        .ifPresent(
                                against -> {
                                    throw new Refused(
                                            against.code(),
                                            dump.file() + ": " + against.what(),
                                            against.remedy());
                                });
                dumps.add(dump);
            }
            return dumps;
        }
    }

    private static Entry find(String place, String name, List<Entry> entries, boolean whole) {
        return entries.stream()
                .filter(e -> e.name().equals(name))
                .findFirst()
                .orElseThrow(() -> gone(place, name, whole));
    }

    /**
     * @param whole whether every file of the place was listed
     */
    static Refused gone(String place, String file, boolean whole) {
        if (!whole) {
            return new Refused(
                    "IMPORT-FILE",
                    "The listing of the place \""
                            + place
                            + "\" was cut, and the file \""
                            + file
                            + "\" is not in it.",
                    "Put what is to be imported into a place of its own: there is too much for one"
                            + " look, it lies too deep, or a directory cannot be opened.");
        }
        return new Refused(
                "IMPORT-FILE",
                "The place \"" + place + "\" has no file \"" + file + "\".",
                "List the place again; the file was removed or renamed.");
    }

    /**
     * How long a look lasts.
     *
     * @param all files together
     * @param head of one file, as long as {@code all} lasts
     * @param rest of one file, its head included
     * @param decides whether a file whose head does not fit is refused
     */
    private record Patience(Duration all, Duration head, Duration rest, boolean decides) {
        /** One slow file must not take the time of all the others. */
        static Patience ofPage(Duration all) {
            return new Patience(all, ONE, ONE, false);
        }

        static Patience ofChoice(Duration all) {
            return new Patience(all, all, Duration.ZERO, true);
        }
    }

    /** What a listing did not show and may be there nevertheless. */
    private static final class Unseen {
        /** As a bucket lists them. */
        private static final Comparator<String> BY_BYTES =
                (a, b) ->
                        Arrays.compareUnsigned(
                                a.getBytes(StandardCharsets.UTF_8),
                                b.getBytes(StandardCharsets.UTF_8));

        private final boolean whole;
        private final Optional<String> last;

        /**
         * @param whole whether {@code listed} are all there are
         * @param byName whether the place is one that lists by names; a store that does otherwise
         *     is told by what it listed
         */
        Unseen(List<Entry> listed, boolean whole, boolean byName) {
            this.whole = whole;
            this.last =
                    !whole && byName && !listed.isEmpty() && isByName(listed)
                            ? Optional.of(listed.get(listed.size() - 1).name())
                            : Optional.empty();
        }

        private static boolean isByName(List<Entry> listed) {
            for (int i = 1; i < listed.size(); i++) {
                if (BY_BYTES.compare(listed.get(i - 1).name(), listed.get(i).name()) >= 0) {
                    return false;
                }
            }
            return true;
        }

        /**
         * @param name that was not listed
         */
        boolean mayBe(String name) {
            return !whole && last.filter(l -> BY_BYTES.compare(name, l) < 0).isEmpty();
        }
    }

    /** One look at a place. */
    private final class Look {
        private final ForeignFiles files;
        private final Unseen unseen;
        private final Set<String> names;
        private final DumpKeys keys;
        private final Patience patience;
        private final long until;

        /**
         * @param whole whether {@code entries} are all there are
         */
        Look(
                ForeignFiles files,
                List<Entry> entries,
                boolean whole,
                DumpKeys keys,
                Patience patience) {
            this.files = files;
            this.unseen = new Unseen(entries, whole, files.listsByName());
            this.names =
                    entries.stream()
                            .filter(e -> e.kind() == ForeignFiles.Kind.FILE)
                            .map(Entry::name)
                            .collect(Collectors.toSet());
            this.keys = keys;
            this.patience = patience;
            this.until = System.nanoTime() + patience.all().toNanos();
        }

        boolean isChecksumOfAnother(Entry entry) {
            String name = entry.name();
            return name.endsWith(ChecksumFile.ENDING)
                    && names.contains(
                            name.substring(0, name.length() - ChecksumFile.ENDING.length()));
        }

        ForeignDump at(Entry entry) {
            Draft draft = new Draft(entry);
            try {
                requireFile(entry);
                look(draft);
            } catch (Refused e) {
                draft.against = Against.of(e);
            } catch (OutOfTime e) {
                draft.against =
                        new Against(
                                "IMPORT-TIME",
                                "It was not looked into: its place did not answer in the time"
                                        + " there is.",
                                "Choose it alone; where that does not help, put it where it is"
                                        + " read faster.");
            } catch (CorruptObject e) {
                draft.against = Against.of(DumpName.damaged(e.getMessage()));
            } catch (StoreFailure e) {
                draft.against =
                        new Against(
                                "IMPORT-FILE",
                                e.getMessage(),
                                remedy(
                                        e,
                                        "List the place again; the file was removed or renamed."));
            } catch (IOException e) {
                draft.against =
                        new Against(
                                "IMPORT-FILE",
                                "It cannot be read: " + e.getMessage(),
                                "Mend what is said, and list the place again.");
            } catch (RuntimeException e) {
                // One file that nobody thought of must not hide all the others.
                LOG.log(Level.WARNING, "A file could not be looked into: " + entry.name(), e);
                draft.against =
                        new Against(
                                "IMPORT-FILE",
                                "It cannot be read: " + e.getClass().getSimpleName() + ".",
                                "The server's log has the details.");
            }
            return draft.done();
        }

        private long timeLeft() {
            long left = until - System.nanoTime();
            if (left <= 0) {
                throw new Refused(
                        "IMPORT-TIME",
                        "It was not looked into: there are too many files for one look.",
                        "Put what is to be imported into a place of its own, or choose fewer"
                                + " files at once.");
            }
            return left;
        }

        /**
         * Asked with {@link #timeLeft} before each look-up, before each opening, and before each
         * read up to the end of a file's outer headers, so that only one of them lasts beyond the
         * time for all. Of what is inside, {@link Limited} gives nothing any more then.
         */
        private void requireTime() throws OutOfTime {
            if (System.nanoTime() - until >= 0) {
                throw new OutOfTime();
            }
        }

        private void requireFile(Entry entry) {
            switch (entry.kind()) {
                case FILE -> {}
                case LINK ->
                        throw new Refused(
                                "IMPORT-LINK",
                                "It is a symbolic link, and links are not followed.",
                                "Put the file itself into the place, or a hard link to it.");
                case DIRECTORY ->
                        throw new Refused(
                                "IMPORT-UNKNOWN",
                                "It is a directory that was not looked into: Holdfast's user may"
                                        + " not, or it lies too deep.",
                                "Let that user list it, or make it a place of its own.");
                case OTHER ->
                        throw new Refused(
                                "IMPORT-UNKNOWN",
                                "It is a pipe, a socket or a device, and no file.",
                                "Put the dump into the place as a file.");
            }
            if (entry.size() == 0) {
                throw new Refused(
                        "IMPORT-UNKNOWN",
                        "It is empty.",
                        "Look at the script that should have written it.");
            }
        }

        /** A listing may have been cut between a file and its checksum. */
        private boolean hasChecksum(Entry entry) throws IOException {
            String name = entry.name() + ChecksumFile.ENDING;
            if (names.contains(name)) {
                return true;
            }
            if (!unseen.mayBe(name)) {
                return false;
            }
            boolean there =
                    files.find(name).filter(e -> e.kind() == ForeignFiles.Kind.FILE).isPresent();
            requireTime();
            return there;
        }

        /** A file as it lies there. */
        private final class Raw extends CountingInput {
            private boolean begins = true;

            /** Named as {@link ForeignFiles#read} names it. */
            Raw(String name) throws StoreFailure {
                super(files.read(name));
            }

            /** What follows is limited by who reads it. */
            void begun() {
                begins = false;
            }

            @Override
            public int read(byte[] b, int offset, int length) throws IOException {
                if (begins) {
                    requireTime();
                }
                return super.read(b, offset, length);
            }
        }

        private void look(Draft draft) throws IOException {
            Entry entry = draft.entry;
            long begin = System.nanoTime();
            long left = timeLeft();
            Optional<Sha256> expected = Optional.empty();
            if (hasChecksum(entry)) {
                try (Raw checksum = new Raw(entry.name() + ChecksumFile.ENDING)) {
                    expected = ImportPlaces.checksum(checksum, entry.name());
                }
                draft.checksum = expected.isPresent() ? Checksum.NOT_COMPARED : Checksum.MALFORMED;
                requireTime();
            }
            Raw file = new Raw(entry.name());
            try (Unwrapped content = Unwrapped.open(file, entry.name(), keys)) {
                file.begun();
                draft.wrapping = content.wrapping();
                draft.kind = content.kind();
                DumpName.notes(entry.name(), content).forEach(draft.notes::add);
                requireKnown(entry.name(), content.kind());
                if (content.unproved() && draft.checksum == Checksum.NONE) {
                    draft.notes.add(
                            "Its encryption does not show changed bytes; only a .sha256 beside it"
                                    + " would.");
                }
                Limited limited =
                        new Limited(
                                content,
                                begin + Math.min(left, patience.head().toNanos()),
                                begin + left);
                try {
                    read(
                            draft,
                            new BufferedInputStream(limited, 1 << 16),
                            () -> limited.until(begin + Math.min(left, patience.rest().toNanos())));
                    draft.whole = true;
                    draft.sha256 = Optional.of(content.stored().sha256());
                } catch (OutOfTime e) {
                    // Not whole: the rest is read when it is imported.
                }
            }
            if (draft.checksum == Checksum.MALFORMED) {
                throw DumpName.badChecksum(entry.name());
            }
            if (draft.whole && expected.isPresent()) {
                boolean fits = expected.equals(draft.sha256);
                draft.checksum = fits ? Checksum.FITS : Checksum.DIFFERS;
                if (!fits) {
                    throw DumpName.differs(entry.name(), draft.sha256.get(), expected.get());
                }
            }
        }

        /**
         * @param headRead to be told when the rest begins
         */
        private void read(Draft draft, InputStream plain, Runnable headRead) throws IOException {
            Entry entry = draft.entry;
            if (draft.kind == Kind.SQL) {
                draft.time(
                        DumpTime.of(
                                Optional.empty(),
                                settings.importZone(),
                                entry.modified(),
                                clock.instant()));
                ForeignSql sql = ForeignSql.of(plain, settings.allowCreateInDump());
                try {
                    head(draft, sql);
                    headRead.run();
                    drain(sql);
                    sql.requireComplete();
                } finally {
                    draft.server = sql.serverVersion().map(ServerVersion::toString);
                    draft.database = sql.database();
                }
                DumpName.requireVersions(sql.serverVersion(), sql.clientVersion());
                sql.leftOut().forEach(draft.notes::add);
            } else {
                ArchiveHead head = head(draft, plain);
                headRead.run();
                draft.database = Optional.of(head.database());
                draft.server = head.serverVersion().map(ServerVersion::toString);
                draft.time(
                        DumpTime.of(
                                Optional.of(head.created()),
                                settings.importZone(),
                                entry.modified(),
                                clock.instant()));
                DumpName.requireVersions(head.serverVersion(), head.clientVersion());
                tools.clients().forReading(head.clientVersion().orElseThrow());
                drain(plain);
            }
        }

        private ArchiveHead head(Draft draft, InputStream plain) throws IOException {
            try {
                return ArchiveHead.read(plain, draft.entry.name(), draft.kind == Kind.TAR);
            } catch (OutOfTime e) {
                throw unread(draft, "table of contents", e);
            }
        }

        /** Until its versions are told: pg_dump does so before the first statement. */
        private void head(Draft draft, ForeignSql sql) throws IOException {
            byte[] buffer = new byte[8 << 10];
            long read = 0;
            try {
                while (sql.serverVersion().isEmpty() || sql.clientVersion().isEmpty()) {
                    if (read > Limited.ALWAYS) {
                        DumpName.requireVersions(sql.serverVersion(), sql.clientVersion());
                    }
                    int count = sql.read(buffer);
                    if (count < 0) {
                        return;
                    }
                    read += count;
                }
            } catch (OutOfTime e) {
                throw unread(draft, "beginning", e);
            }
        }

        private OutOfTime unread(Draft draft, String head, OutOfTime e) {
            if (patience.decides()) {
                throw new Refused(
                        "IMPORT-TIME",
                        "Its "
                                + head
                                + " could not be read in the time there is for the files that are"
                                + " chosen.",
                        "Choose it alone; where that does not help, put it where it is read"
                                + " faster.");
            }
            draft.notes.add(
                    "There was no time to read its "
                            + head
                            + " for this list; it is read when the file is chosen.");
            return e;
        }
    }

    private static void requireKnown(String name, Kind kind) {
        if (kind == Kind.UNKNOWN) {
            throw new Refused(
                    "IMPORT-UNKNOWN",
                    DumpName.expected(name)
                            .map(
                                    by ->
                                            "Its name says "
                                                    + DumpName.words(by)
                                                    + ", and its content is none, nor anything else"
                                                    + " that is known here.")
                            .orElse("Its content is nothing that is known here."),
                    "What can be imported: pg_dump's custom archives, tars and plain SQL, each also"
                            + " as .gz, .zst, .age and OpenSSL's .enc.");
        }
    }

    private static void drain(InputStream in) throws IOException {
        byte[] buffer = new byte[64 << 10];
        while (in.read(buffer) >= 0) {
            // Only to be checked.
        }
    }

    /** The time for a look is over. */
    private static final class OutOfTime extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Gives what one file has at its beginning while there is any time, and more for a while. */
    private static final class Limited extends CountingInput {
        private static final long ALWAYS = 1 << 20;

        private final long end;
        private long until;

        /**
         * @param until when no more than its beginning is given any more
         * @param end when nothing is
         */
        Limited(InputStream in, long until, long end) {
            super(in);
            this.until = until;
            this.end = end;
        }

        void until(long other) {
            until = other;
        }

        @Override
        public int read(byte[] b, int offset, int length) throws IOException {
            long now = System.nanoTime();
            if (now - end > 0 || soFar() >= ALWAYS && now - until > 0) {
                throw new OutOfTime();
            }
            return super.read(b, offset, length);
        }
    }

    /** What is found bit by bit. */
    private static final class Draft {
        private final Entry entry;
        private Kind kind = Kind.UNKNOWN;
        private List<String> wrapping = List.of();
        private Optional<Instant> takenAt = Optional.empty();
        private TimeBy by = TimeBy.FILE;
        private Optional<String> database = Optional.empty();
        private Optional<String> server = Optional.empty();
        private Checksum checksum = Checksum.NONE;
        private Optional<Sha256> sha256 = Optional.empty();
        private boolean whole;
        private Against against;
        private final List<String> notes = new ArrayList<>();

        Draft(Entry entry) {
            this.entry = entry;
        }

        void time(DumpTime time) {
            takenAt = Optional.of(time.at());
            by = time.by();
            if (!time.note().isEmpty()) {
                notes.add(time.note());
            }
        }

        ForeignDump done() {
            return new ForeignDump(
                    entry.name(),
                    entry.size(),
                    entry.modified(),
                    kind,
                    wrapping,
                    takenAt,
                    by,
                    database.filter(name -> !name.isEmpty()),
                    server,
                    checksum,
                    sha256,
                    whole,
                    Optional.ofNullable(against),
                    List.copyOf(notes));
        }
    }
}
