package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.holdfast.domain.policy.Expiry;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.policy.Retention;
import org.holdfast.domain.snapshot.KeptCopy;
import org.holdfast.domain.snapshot.Snapshots;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.SourceSchedules;

/** Holds the copies of a source against the policy in force, at the catalog's time. */
@ApplicationScoped
public class ExpiryJudge {
    private Snapshots snapshots;
    private SourceSchedules times;
    private PolicyInForce policy;

    protected ExpiryJudge() {}

    @Inject
    public ExpiryJudge(Snapshots snapshots, SourceSchedules times, PolicyInForce policy) {
        this.snapshots = snapshots;
        this.times = times;
        this.policy = policy;
    }

    /** A copy, and what the rules say of it. */
    record Judged(KeptCopy copy, Expiry.Verdict verdict) {}

    /** Newest first, then by store. */
    List<Judged> judge(Source source) {
        List<KeptCopy> copies = snapshots.kept(source.id());
        List<Expiry.Verdict> verdicts =
                Expiry.decide(
                        copies.stream().map(KeptCopy::facts).toList(),
                        rules(source, copies),
                        now());
        List<Judged> judged = new ArrayList<>();
        for (int i = 0; i < copies.size(); i++) {
            judged.add(new Judged(copies.get(i), verdicts.get(i)));
        }
        return judged;
    }

    private Map<String, Retention.Rule> rules(Source source, List<KeptCopy> copies) {
        Policy inForce = policy.now();
        Map<String, Retention.Rule> rules = new HashMap<>();
        for (KeptCopy copy : copies) {
            rules.computeIfAbsent(
                    copy.store(),
                    store -> inForce.retentionOf(source.name(), store, copy.bucket()));
        }
        return rules;
    }

    /** The catalog's time: servers whose clocks differ agree about it. */
    Instant now() {
        return times.now();
    }
}
