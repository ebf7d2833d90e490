package org.holdfast.domain.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.holdfast.domain.shared.Refused;

/**
 * Dumps that scripts made before Holdfast came, in the places that the configuration allows. No
 * path is ever taken from a request: a place is named, and a file by its name in the listing.
 */
public interface ForeignDumps {
    /**
     * @param where the directory, or the bucket and prefix, for people
     */
    record Place(String name, String where) {}

    /**
     * @param whole whether every file of the place is in it
     */
    record Listing(List<ForeignDump> dumps, boolean whole) {}

    List<Place> places();

    /**
     * Looks at every file of a place and into each as far as time allows; changes nothing.
     *
     * @throws Refused IMPORT-PLACE where there is no such place, or it cannot be read; IMPORT-BUSY
     */
    Listing list(String place);

    /** A file before it is opened. */
    record Found(String file, long bytes, Instant modified) {}

    /**
     * Files as the place shows them now, each looked at as far as its header.
     *
     * @param before is told of all of them before the first is opened; what it throws ends this
     * @return in the order of the names; nothing speaks against any of them
     * @throws Refused IMPORT-PLACE, IMPORT-FILE, IMPORT-BUSY, IMPORT-TIME, or what speaks against
     *     one of them
     */
    List<ForeignDump> choose(String place, List<String> files, Consumer<List<Found>> before);
}
