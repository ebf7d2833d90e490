package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.List;
import org.holdfast.app.DrillPlans;

/**
 * Where drills may go, to choose from: as {@link SourceNames} of databases, by the words that are
 * shown.
 */
@Named
@ViewScoped
public class DrillPlaces implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private DrillPlans plans;

    private transient List<String> all;

    public List<String> getAll() {
        if (all == null) {
            all = plans.places();
        }
        return all;
    }

    public boolean isMany() {
        return getAll().size() > Choices.MOST;
    }

    /** Some of those whose words hold what was typed. */
    public List<String> complete(String typed) {
        return Choices.holding(getAll(), this::words, typed);
    }

    /** Empty where none was chosen. */
    public String words(String place) {
        if (place == null || place.isEmpty()) {
            return "";
        }
        return place.equals(DrillPlans.THROWAWAY) ? Say.of("drill_throwaway") : place;
    }
}
