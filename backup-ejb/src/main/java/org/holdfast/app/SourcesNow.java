package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.restore.SourceNow;
import org.holdfast.domain.restore.TargetProbe;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.snapshot.Manifest;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;

/**
 * Which databases sources are: as manifests tell, or, of imports, whose dumps do not, asked now.
 */
@ApplicationScoped
public class SourcesNow {
    @Inject private Sources sources;
    @Inject private TargetProbe probe;

    /**
     * Whether a database is the very source of a snapshot, by whatever name it is reached.
     *
     * @param systemIdentifier of the database's cluster
     */
    public boolean isSource(
            Snapshot snapshot, Manifest manifest, PostgresUrl database, String systemIdentifier) {
        return manifest.imported().isPresent()
                ? of(snapshot.sourceId())
                        .filter(now -> now.is(database, systemIdentifier))
                        .isPresent()
                : manifest.source().systemIdentifier().equals(systemIdentifier)
                        && manifest.source().database().equals(database.database());
    }

    /** Empty where nothing tells any more how the source is reached. */
    public Optional<SourceNow> of(UUID sourceId) {
        Source source = sources.find(sourceId).orElseThrow();
        if (source.retired() && source.origin() == Origin.CONFIGURATION) {
            return Optional.empty();
        }
        PostgresUrl url = sources.url(source);
        return Optional.of(new SourceNow(url, probe.systemIdentifier(url)));
    }
}
