package org.holdfast.web.page;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.util.List;
import org.holdfast.app.Backups;

/**
 * Names of databases to choose from: a menu of them all while they are few, a field that completes
 * what is typed where they are many.
 */
@Named
@RequestScoped
public class SourceNames {
    @Inject private Backups backups;

    private List<String> all;

    public List<String> getAll() {
        if (all == null) {
            all = backups.sourceNames();
        }
        return all;
    }

    public boolean isMany() {
        return getAll().size() > Choices.MOST;
    }

    /** Some of those that hold what was typed. */
    public List<String> complete(String typed) {
        return Choices.holding(getAll(), typed);
    }
}
