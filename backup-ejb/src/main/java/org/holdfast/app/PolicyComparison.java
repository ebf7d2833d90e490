package org.holdfast.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.holdfast.config.PolicyDocument;
import org.holdfast.config.PolicySchema;
import org.holdfast.config.PolicySchema.Difference;
import org.holdfast.config.PolicySchema.Value;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.Retention;

/**
 * What one policy has that another has not, value by value, and where copies are kept shorter by
 * it.
 *
 * @param changes by path; none where the two mean the same
 * @param shorter sentences, one for each source and store where copies may go sooner
 */
public record PolicyComparison(List<Change> changes, List<String> shorter) {
    static final PolicyComparison NONE = new PolicyComparison(List.of(), List.of());

    /** Stands for whatever the policies do not name: no source or store has this name. */
    private static final String ANY_OTHER = "";

    /**
     * @param path e.g. {@code sources.shop.retry.attempts}
     * @param before in words; {@code nothing} where nothing is said
     */
    public record Change(String path, String before, String after) {
        /** For people: {@code retention_days: 30 → 14}. */
        public String words() {
            return path + ": " + before + " → " + after;
        }
    }

    /**
     * @param retentionDays of {@code RETENTION_DAYS}; empty where that is not set
     */
    static PolicyComparison of(
            PolicyDocument before, PolicyDocument after, Optional<Integer> retentionDays) {
        return new PolicyComparison(
                PolicySchema.differences(before.json(), after.json(), retentionDays).stream()
                        .map(PolicyComparison::change)
                        .toList(),
                before.good() && after.good()
                        ? shorter(
                                before.policy("before", retentionDays),
                                after.policy("after", retentionDays))
                        : List.of());
    }

    private static Change change(Difference difference) {
        return new Change(
                difference.path(),
                difference.before().map(Value::words).orElse("nothing"),
                difference.after().map(Value::words).orElse("nothing"));
    }

    /** Whether copies may be removed sooner than before. */
    public boolean shortens() {
        return !shorter.isEmpty();
    }

    /** By what holds in effect, so that it does not matter where in a policy it is said. */
    private static List<String> shorter(Policy before, Policy after) {
        List<String> found = new ArrayList<>();
        Set<String> sources = new TreeSet<>(before.sources().keySet());
        sources.addAll(after.sources().keySet());
        sources.add(ANY_OTHER);
        for (String source : sources) {
            String what = source.isEmpty() ? "Every other source" : "Source " + source;
            Set<String> stores = stores(before, source);
            stores.addAll(stores(after, source));
            for (String store : stores) {
                for (boolean bucket : new boolean[] {false, true}) {
                    Retention.Rule first = before.retentionOf(source, store, bucket);
                    Retention.Rule second = after.retentionOf(source, store, bucket);
                    if (less(first, second)) {
                        found.add(
                                what
                                        + " in "
                                        + (store.isEmpty() ? "every other " : "store " + store)
                                        + (store.isEmpty()
                                                ? bucket ? "bucket" : "directory"
                                                : bucket ? " (if a bucket)" : " (if a directory)")
                                        + ": "
                                        + first.words()
                                        + " → "
                                        + second.words()
                                        + ".");
                    }
                }
            }
            if (after.graceOf(source).compareTo(before.graceOf(source)) < 0) {
                found.add(
                        what
                                + ": a marked copy waits "
                                + before.graceOf(source).toHours()
                                + " h → "
                                + after.graceOf(source).toHours()
                                + " h.");
            }
        }
        return withoutTwins(found);
    }

    private static Set<String> stores(Policy policy, String source) {
        Set<String> stores = new TreeSet<>(policy.retention().stores().keySet());
        stores.addAll(policy.of(source).retention().stores().keySet());
        stores.add(ANY_OTHER);
        return stores;
    }

    /** Where directory and bucket have the same rules it is said once. */
    private static List<String> withoutTwins(List<String> sentences) {
        List<String> found = new ArrayList<>();
        for (String sentence : sentences) {
            String plain = sentence.replace(" (if a directory)", "").replace(" (if a bucket)", "");
            if (sentences.contains(sentence.replace("(if a directory)", "(if a bucket)"))
                    && sentences.contains(sentence.replace("(if a bucket)", "(if a directory)"))) {
                sentence = plain;
            }
            if (!found.contains(sentence)) {
                found.add(sentence);
            }
        }
        return List.copyOf(found);
    }

    private static boolean less(Retention.Rule before, Retention.Rule after) {
        return after.days() < before.days()
                || after.count() < before.count()
                || after.daily() < before.daily()
                || after.weekly() < before.weekly()
                || after.monthly() < before.monthly()
                || after.yearly() < before.yearly()
                || after.verified() < before.verified();
    }
}
