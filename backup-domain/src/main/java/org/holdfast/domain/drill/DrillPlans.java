package org.holdfast.domain.drill;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.holdfast.domain.shared.Part;
import org.holdfast.domain.shared.Refused;

/** The drill plans. */
public interface DrillPlans {
    void add(DrillPlan plan);

    Optional<DrillPlan> find(UUID id);

    /** The one in use of that name. */
    Optional<DrillPlan> named(String name);

    /** The row locked until the transaction ends. */
    Optional<DrillPlan> lock(UUID id);

    /** The same, without waiting: empty where another transaction holds it. */
    Optional<DrillPlan> tryLock(UUID id);

    /**
     * @throws Refused NOT-FOUND
     */
    default DrillPlan locked(UUID id) {
        return lock(id).orElseThrow(() -> Refused.notFound("drill plan", id));
    }

    /** By name, the retired ones left out. */
    List<DrillPlan> inUse();

    /**
     * A page of the same.
     *
     * @param page counted from 1; one too high is the last
     */
    Part<DrillPlan> inUse(int page, int size);

    /** Names of those in use, sorted. */
    List<String> namesInUse();
}
