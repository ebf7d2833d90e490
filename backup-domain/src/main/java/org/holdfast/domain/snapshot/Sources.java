package org.holdfast.domain.snapshot;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.PostgresUrl;

/** The databases the catalog knows. */
public interface Sources {
    /** All, retired ones too, by name. */
    List<Source> all();

    /** Those not retired, by name. */
    List<Source> active();

    /** Names of those in use, sorted. */
    List<String> activeNames();

    Optional<Source> find(UUID id);

    Optional<Source> byName(String name);

    void add(Source source);

    /** How to reach it, password included, from the configuration or unsealed. */
    PostgresUrl url(Source source);
}
