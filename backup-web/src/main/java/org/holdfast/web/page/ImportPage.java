package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.holdfast.app.Backups;
import org.holdfast.app.Imports;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.ForeignDumps;

/** What lies in an import place, and what of it is to become backups. */
@Named("importing")
@ViewScoped
public class ImportPage implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private Imports imports;
    @Inject private Backups backups;

    private String place;
    private String source;
    private transient String otp;
    private HashMap<String, Boolean> chosen = new HashMap<>();
    private transient List<ForeignDumps.Place> places;
    private transient List<String> sources;
    private transient Imports.Listing listing;
    private transient List<Imports.Line> lines = List.of();
    private transient long fitting;

    public void load() {
        places = imports.places();
        sources = backups.sourceNames();
        if ((place == null || place.isBlank()) && !places.isEmpty()) {
            place = places.get(0).name();
        }
        if (source == null && sources.size() == 1) {
            source = sources.get(0);
        }
        boolean chosenPlace = place != null && !place.isBlank();
        listing = chosenPlace ? imports.list(place) : null;
        lines =
                chosenPlace
                        ? listing.lines().stream()
                                .sorted(
                                        Comparator.comparing(
                                                (Imports.Line line) -> !line.importable()))
                                .toList()
                        : List.of();
        fitting = lines.stream().filter(Imports.Line::importable).count();
    }

    public void queue() {
        List<String> files =
                chosen.entrySet().stream()
                        .filter(Map.Entry::getValue)
                        .map(Map.Entry::getKey)
                        .sorted()
                        .toList();
        String code = otp;
        otp = null;
        int queued = imports.queue(place, files, source, code).size();
        chosen = new HashMap<>();
        Say.done(Say.of("import_queued", Integer.toString(queued)), Say.of("import_queued_means"));
        try {
            load();
        } catch (Refused e) {
            // They are queued all the same; the list stays as it was.
        }
    }

    /** The files, those that can be imported first. */
    public List<Imports.Line> getLines() {
        return lines;
    }

    public Imports.Listing getListing() {
        return listing;
    }

    /** How many of the files can be imported now. */
    public long getFitting() {
        return fitting;
    }

    public List<ForeignDumps.Place> getPlaces() {
        return places;
    }

    public Map<String, Boolean> getChosen() {
        return chosen;
    }

    public String getPlace() {
        return place;
    }

    public void setPlace(String place) {
        this.place = place;
    }

    public String getSource() {
        return source;
    }

    public void setSource(String source) {
        this.source = source;
    }

    public String getOtp() {
        return otp;
    }

    public void setOtp(String otp) {
        this.otp = otp;
    }
}
