package org.holdfast.domain.snapshot;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Names;
import org.holdfast.domain.shared.Part;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.shared.Refused;

/** The databases the catalog knows. */
public interface Sources {
    /** As many names as a refusal shows. */
    int NAMED = 20;

    /** All, retired ones too, by name. */
    List<Source> all();

    /** Those not retired, by name. */
    List<Source> active();

    /** Those of some that are not retired, by name. */
    List<Source> active(Collection<UUID> some);

    /**
     * Those in use whose name or address holds a text, by name, a page of them.
     *
     * @param text empty: all; upper and lower case are the same
     * @param page counted from 1; one too high is the last
     */
    Part<Source> search(String text, int page, int size);

    /** Names of those in use, sorted. */
    List<String> activeNames();

    Optional<Source> find(UUID id);

    Optional<Source> byName(String name);

    /**
     * @throws Refused SOURCE-UNKNOWN, with names that are known
     */
    default Source required(String name) {
        if (name == null || name.isBlank()) {
            throw unknown("No database was named.");
        }
        return byName(name).orElseThrow(() -> unknown("There is no source \"" + name + "\"."));
    }

    /**
     * The same of those in use.
     *
     * @throws Refused SOURCE-UNKNOWN, of a retired one too
     */
    default Source requiredInUse(String name) {
        Source source = required(name);
        if (source.retired()) {
            throw unknown("Source \"" + name + "\" is retired.");
        }
        return source;
    }

    private Refused unknown(String message) {
        return new Refused(
                "SOURCE-UNKNOWN",
                message,
                "Known sources: "
                        + Names.some(activeNames(), NAMED)
                        + ". Add one under Databases or with BACKUP_SOURCE_<NAME>_URL.");
    }

    void add(Source source);

    /** How to reach it, password included, from the configuration or unsealed. */
    PostgresUrl url(Source source);
}
