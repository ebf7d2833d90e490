package org.holdfast.pipeline;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** No store is left that takes the object. */
public class AllBranchesLost extends IOException {
    private final List<BranchOutcome.Lost> lost;

    AllBranchesLost(String object, List<BranchOutcome.Lost> lost) {
        super(
                "No store took "
                        + object
                        + ": "
                        + lost.stream()
                                .map(branch -> branch.store() + ": " + branch.why().getMessage())
                                .collect(Collectors.joining("; ")),
                lost.get(0).why());
        this.lost = List.copyOf(lost);
    }

    /** Why each store is lost, in the order the stores were given. */
    public List<BranchOutcome.Lost> lost() {
        return lost;
    }
}
