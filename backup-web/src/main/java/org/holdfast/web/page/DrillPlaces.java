package org.holdfast.web.page;

import java.util.List;
import org.holdfast.app.DrillPlans;

/** Where drills may go, to choose from: as {@link Choices}, by the words that are shown. */
final class DrillPlaces {
    private DrillPlaces() {}

    /** Empty where none was chosen. */
    static String words(String place) {
        if (place == null || place.isEmpty()) {
            return "";
        }
        return place.equals(DrillPlans.THROWAWAY) ? Say.of("drill_throwaway") : place;
    }

    static boolean many(List<String> places) {
        return places.size() > Choices.MOST;
    }

    /** Those whose words hold what was typed, as many as are shown at once. */
    static List<String> holding(List<String> places, String typed) {
        return Choices.holding(places, DrillPlaces::words, typed);
    }
}
