package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.restore.SourceNow;
import org.holdfast.domain.restore.TargetProbe;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;

/** Asks sources who they are, for imports, whose dumps do not tell. */
@ApplicationScoped
public class SourcesNow {
    @Inject private Sources sources;
    @Inject private TargetProbe probe;

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
