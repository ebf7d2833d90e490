package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

/** The acts that can wait for a second person, by name. */
@ApplicationScoped
public class ApprovedActs {
    private Instance<ApprovedAct> all;

    protected ApprovedActs() {}

    @Inject
    public ApprovedActs(Instance<ApprovedAct> all) {
        this.all = all;
    }

    ApprovedAct of(String operation) {
        return all.stream()
                .filter(act -> act.operation().equals(operation))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException("No act carries out " + operation + "."));
    }
}
