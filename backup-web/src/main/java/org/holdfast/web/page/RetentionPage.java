package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import org.holdfast.app.Retentions;
import org.omnifaces.util.Faces;

/** What would go and what stays, of one database at a time. */
@Named("retention")
@ViewScoped
public class RetentionPage implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 200;

    @Inject private Retentions retentions;

    private String source;
    private String named;
    private transient List<String> sources;
    private transient List<Retentions.Forecast> forecasts;
    private transient List<Retentions.Found> strays;

    public void load() {
        sources = retentions.sourceNames();
        strays = retentions.strays();
        if (source == null || source.isBlank()) {
            source = sources.isEmpty() ? null : sources.get(0);
        }
        forecasts = source == null ? List.of() : retentions.forecast(source);
    }

    /** Opens that of the database that was named. */
    public void show() {
        Choices.told(getSources(), named)
                .ifPresent(
                        name ->
                                Faces.redirect(
                                        Address.of(
                                                "/console/backups/retention.xhtml",
                                                "source",
                                                name)));
    }

    /** Whether they are too many to be shown at once. */
    public boolean isMany() {
        return getSources().size() > Choices.MOST;
    }

    /** Some of those that hold what was typed, retired ones with backups too. */
    public List<String> complete(String typed) {
        return Choices.holding(getSources(), typed);
    }

    public String getNamed() {
        return named;
    }

    public void setNamed(String named) {
        this.named = named;
    }

    /** Those that go first, each newest first, so that a long list hides none of them. */
    public List<Retentions.Line> shown(Retentions.Forecast forecast) {
        return forecast.lines().stream()
                .sorted(Comparator.comparing((Retentions.Line line) -> !line.goes()))
                .limit(SHOWN)
                .toList();
    }

    /** How many that go are not shown. */
    public long goesLeft(Retentions.Forecast forecast) {
        return Math.max(0, forecast.goes() - SHOWN);
    }

    /** How many that stay are not shown. */
    public long staysLeft(Retentions.Forecast forecast) {
        return Math.max(0, forecast.lines().size() - SHOWN) - goesLeft(forecast);
    }

    /** What was found in the stores that belongs to no backup. */
    public List<Retentions.Found> getStrays() {
        return strays;
    }

    public List<String> getSources() {
        if (sources == null) {
            sources = retentions.sourceNames();
        }
        return sources;
    }

    public List<Retentions.Forecast> getForecasts() {
        return forecasts;
    }

    public String getSource() {
        return source;
    }

    public void setSource(String source) {
        this.source = source;
    }
}
