package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.storage.ForeignFiles;
import org.holdfast.domain.storage.ForeignStores;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;
import org.holdfast.domain.storage.StoreAccess;
import org.holdfast.pipeline.ChecksumFile;
import org.holdfast.pipeline.DumpKeys;
import org.holdfast.pipeline.Identity;

/**
 * Where dumps of scripts lie. A place is a setting of the machine, never of a request, so that no
 * web user can have a file of the server read that its owner did not mean to be read.
 */
@ApplicationScoped
class ImportPlaces {
    /** A line of sha256sum, or the lines of a whole directory. */
    private static final int LONGEST_CHECKSUMS = 1 << 20;

    @Inject private Settings settings;
    @Inject private StorageLocations locations;
    @Inject private ForeignStores stores;
    @Inject private HeldIdentities identities;

    ImportPlaces() {}

    /** Outside a server. */
    ImportPlaces(Settings settings, HeldIdentities identities) {
        this.settings = settings;
        this.identities = identities;
    }

    /** The place's files, for work that nobody waits for; the caller closes them. */
    ForeignFiles open(String name) {
        return open(name, ChronoUnit.FOREVER.getDuration(), false);
    }

    /**
     * For somebody who waits; the caller closes them.
     *
     * @param longest that one call to a bucket may take where its store's deadline is longer; a
     *     directory has limits of its own, which are shorter
     */
    ForeignFiles open(String name, Duration longest) {
        return open(name, longest, true);
    }

    private ForeignFiles open(String name, Duration longest, boolean waiting) {
        Settings.ImportPlace place = settings.importPlaces().get(name);
        if (place == null) {
            throw new Refused(
                    "IMPORT-PLACE",
                    "There is no place \"" + name + "\" to import from.",
                    settings.importPlaces().isEmpty()
                            ? "Set IMPORT_PLACE_<NAME> to a directory, or to store:prefix, and"
                                    + " restart Holdfast."
                            : "Known places: "
                                    + String.join(", ", settings.importPlaces().keySet())
                                    + ".");
        }
        if (place.directory().isPresent()) {
            return stores.foreign(
                    new StoreAccess.Directory(name, place.directory().get()), waiting);
        }
        StorageLocation store =
                locations
                        .byName(place.store())
                        .orElseThrow(
                                () ->
                                        noBucket(
                                                name,
                                                "there is no store \"" + place.store() + "\""));
        if (!(locations.access(store) instanceof StoreAccess.Bucket bucket)) {
            throw noBucket(name, "store \"" + place.store() + "\" is no bucket");
        }
        return stores.foreign(
                new StoreAccess.Bucket(
                        name,
                        bucket.endpoint(),
                        bucket.region(),
                        bucket.bucket(),
                        place.prefix(),
                        bucket.accessKeyId(),
                        bucket.secretAccessKey(),
                        longest.compareTo(bucket.deadline()) < 0 ? longest : bucket.deadline()),
                waiting);
    }

    private static Refused noBucket(String name, String why) {
        return new Refused(
                "IMPORT-PLACE",
                "The place \"" + name + "\" cannot be read: " + why + ".",
                "Correct IMPORT_PLACE_"
                        + name.toUpperCase(java.util.Locale.ROOT).replace('-', '_')
                        + ": name a store with a bucket, as Stores shows it, or an absolute"
                        + " directory.");
    }

    /**
     * What opens the files; the identity file is read anew each time.
     *
     * @throws Refused IMPORT-IDENTITY where that cannot be read; KEY-IDENTITY where it holds none
     */
    DumpKeys keys() {
        return new DumpKeys(
                ofIdentityFile(),
                settings.dumpKey(),
                settings.dumpPassphrase(),
                settings.opensslIterations());
    }

    private List<Identity> ofIdentityFile() {
        try {
            return identities.ofFile();
        } catch (IOException e) {
            throw new Refused(
                    "IMPORT-IDENTITY",
                    "The file of BACKUP_IDENTITY_FILE, "
                            + settings.identityFile().map(Path::toString).orElse("")
                            + ", cannot be read: "
                            + why(e)
                            + ".",
                    "Let the user that Holdfast runs as read it, or correct or unset"
                            + " BACKUP_IDENTITY_FILE and restart Holdfast.");
        }
    }

    private static String why(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "it is not there";
        }
        if (e instanceof AccessDeniedException) {
            return "Holdfast's user may not";
        }
        if (e instanceof CharacterCodingException) {
            return "it is no text";
        }
        return String.valueOf(e.getMessage());
    }

    /**
     * What the checksum beside a file says of it; the file of checksums has to be there.
     *
     * @return empty where no line of it is about the file
     */
    static Optional<Sha256> checksum(ForeignFiles files, String file) throws IOException {
        try (InputStream in = files.read(file + ChecksumFile.ENDING)) {
            return checksum(in, file);
        }
    }

    /**
     * The same of a file of checksums that is open.
     *
     * @param checksums is not closed
     */
    static Optional<Sha256> checksum(InputStream checksums, String file) throws IOException {
        byte[] text = checksums.readNBytes(LONGEST_CHECKSUMS);
        return ChecksumFile.of(new String(text, StandardCharsets.UTF_8), file);
    }
}
