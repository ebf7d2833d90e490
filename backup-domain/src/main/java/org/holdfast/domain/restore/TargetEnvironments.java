package org.holdfast.domain.restore;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.PostgresUrl;

/** The targets the catalog knows. */
public interface TargetEnvironments {
    /** Those not retired, by name. */
    List<TargetEnvironment> active();

    /** Names of those in use that are not production, sorted. */
    List<String> namesOutsideProduction();

    /** All, retired ones too, by name. */
    List<TargetEnvironment> all();

    Optional<TargetEnvironment> find(UUID id);

    Optional<TargetEnvironment> byName(String name);

    /** The row locked PESSIMISTIC_WRITE until the transaction ends. */
    Optional<TargetEnvironment> lock(UUID id);

    void add(TargetEnvironment target);

    /** How to reach it, password included, from the configuration or unsealed. */
    PostgresUrl url(TargetEnvironment target);
}
