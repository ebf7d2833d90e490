package org.holdfast.domain.snapshot;

import java.util.List;
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
     * @throws Refused IMPORT-PLACE where there is no such place, or it cannot be read
     */
    Listing list(String place);

    /**
     * One file as the place shows it now, looked at as far as its header.
     *
     * @throws Refused IMPORT-PLACE, IMPORT-FILE, IMPORT-BUSY
     */
    ForeignDump look(String place, String file);
}
