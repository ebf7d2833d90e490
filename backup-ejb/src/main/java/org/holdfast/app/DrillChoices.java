package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.holdfast.domain.drill.Choice;
import org.holdfast.domain.snapshot.KeptCopy;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.Snapshots;

/**
 * Which backup a drill takes that nobody named. Only what was read back whole is taken, and no
 * import: a drill of one says nothing of the backups that Holdfast makes.
 */
@ApplicationScoped
public class DrillChoices {
    private Snapshots snapshots;
    private RandomGenerator random;

    protected DrillChoices() {}

    @Inject
    public DrillChoices(Snapshots snapshots) {
        this(snapshots, new SecureRandom());
    }

    DrillChoices(Snapshots snapshots, RandomGenerator random) {
        this.snapshots = snapshots;
        this.random = random;
    }

    /**
     * The backup, its row locked so that it is not removed before the drill that needs it is
     * written.
     *
     * @param choice LATEST or RANDOM
     * @return empty where there is none to choose from
     */
    Optional<Snapshot> choose(UUID sourceId, Choice choice, Instant now) {
        List<UUID> candidates = new ArrayList<>(candidates(sourceId, choice, now));
        while (!candidates.isEmpty()) {
            UUID id =
                    candidates.remove(
                            choice.kind() == Choice.Kind.RANDOM
                                    ? random.nextInt(candidates.size())
                                    : 0);
            // It may have been removed, or found wrong, since it was looked up.
            Optional<Snapshot> found =
                    snapshots.lock(id).filter(snapshot -> snapshot.rung().restorable());
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** Newest first. */
    private List<UUID> candidates(UUID sourceId, Choice choice, Instant now) {
        Map<UUID, Instant> readable = new LinkedHashMap<>();
        for (KeptCopy copy : snapshots.kept(sourceId)) {
            if (copy.state().readable()
                    && copy.rung().restorable()
                    && copy.doom().isEmpty()
                    && !copy.imported()) {
                readable.put(copy.snapshotId(), copy.takenAt());
            }
        }
        Instant from =
                choice.kind() == Choice.Kind.RANDOM
                        ? now.minus(Duration.ofDays(choice.windowDays()))
                        : Instant.MIN;
        return readable.entrySet().stream()
                .filter(entry -> !entry.getValue().isBefore(from))
                .sorted(
                        Map.Entry.<UUID, Instant>comparingByValue(Comparator.reverseOrder())
                                .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }
}
