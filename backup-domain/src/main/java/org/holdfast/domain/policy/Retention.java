package org.holdfast.domain.policy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What a policy, or one source in it, says about how long copies are kept. What it leaves out is
 * said by the next wider one; what none says is {@link Rule#BUILT_IN_DIRECTORY} or {@link
 * Rule#BUILT_IN_BUCKET}.
 *
 * @param everywhere for stores that are not named
 * @param stores by store name
 * @param verified how many of the last verified copies always stay in each store
 * @param grace between the mark on a copy and its removal
 */
public record Retention(
        Keep everywhere,
        Map<String, Keep> stores,
        Optional<Integer> verified,
        Optional<Duration> grace) {
    public static final Retention NOTHING_SAID =
            new Retention(Keep.NOTHING_SAID, Map.of(), Optional.empty(), Optional.empty());

    /** How long a marked copy waits where nothing is said. */
    public static final Duration GRACE = Duration.ofHours(24);

    public Retention {
        stores = Map.copyOf(stores);
    }

    /**
     * What is said for a store; empty is not said. A copy stays for as long as one of these wants
     * it.
     *
     * @param days all copies younger than this, days
     * @param count the newest so many
     * @param daily the newest of each of the last so many days that have one, UTC
     * @param weekly the same of ISO weeks
     * @param monthly the same of months
     * @param yearly the same of years
     */
    public record Keep(
            Optional<Integer> days,
            Optional<Integer> count,
            Optional<Integer> daily,
            Optional<Integer> weekly,
            Optional<Integer> monthly,
            Optional<Integer> yearly) {
        public static final Keep NOTHING_SAID =
                new Keep(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());

        /** What this says, and where it says nothing, the wider. */
        Keep or(Keep wider) {
            return new Keep(
                    days.or(wider::days),
                    count.or(wider::count),
                    daily.or(wider::daily),
                    weekly.or(wider::weekly),
                    monthly.or(wider::monthly),
                    yearly.or(wider::yearly));
        }
    }

    /** The same, with days where it says none of its own. */
    public Retention orDays(int days) {
        return new Retention(
                new Keep(
                        everywhere.days().or(() -> Optional.of(days)),
                        everywhere.count(),
                        everywhere.daily(),
                        everywhere.weekly(),
                        everywhere.monthly(),
                        everywhere.yearly()),
                stores,
                verified,
                grace);
    }

    /**
     * What holds for one source in one store; a source's own words go before those of the policy.
     *
     * @param bucket whether the store is one, and not a directory
     */
    static Rule rule(Retention source, Retention policy, String store, boolean bucket) {
        Rule otherwise = bucket ? Rule.BUILT_IN_BUCKET : Rule.BUILT_IN_DIRECTORY;
        Keep keep =
                source.stores
                        .getOrDefault(store, Keep.NOTHING_SAID)
                        .or(source.everywhere)
                        .or(policy.stores.getOrDefault(store, Keep.NOTHING_SAID))
                        .or(policy.everywhere);
        return new Rule(
                keep.days().orElse(otherwise.days()),
                keep.count().orElse(otherwise.count()),
                keep.daily().orElse(otherwise.daily()),
                keep.weekly().orElse(otherwise.weekly()),
                keep.monthly().orElse(otherwise.monthly()),
                keep.yearly().orElse(otherwise.yearly()),
                source.verified.or(policy::verified).orElse(otherwise.verified()));
    }

    /**
     * What holds for one source in one store, nothing left open; 0 is none by this rule.
     *
     * @param verified at least 1
     */
    public record Rule(
            int days, int count, int daily, int weekly, int monthly, int yearly, int verified) {
        public static final Rule BUILT_IN_DIRECTORY = new Rule(7, 0, 0, 4, 0, 0, 3);
        public static final Rule BUILT_IN_BUCKET = new Rule(30, 0, 0, 4, 0, 0, 3);

        public Rule {
            if (verified < 1) {
                throw new IllegalArgumentException("The last verified copy always stays.");
            }
            if (days < 0 || count < 0 || daily < 0 || weekly < 0 || monthly < 0 || yearly < 0) {
                throw new IllegalArgumentException("Nothing is kept a negative number of times.");
            }
        }

        /** For people, e.g. {@code 7 days, 4 weekly, always the last 3 verified}. */
        public String words() {
            StringBuilder words = new StringBuilder();
            add(words, days, days == 1 ? " day" : " days");
            add(words, count, " newest");
            add(words, daily, " daily");
            add(words, weekly, " weekly");
            add(words, monthly, " monthly");
            add(words, yearly, " yearly");
            words.append(words.length() == 0 ? "" : ", ")
                    .append("always the last ")
                    .append(verified)
                    .append(" verified");
            return words.toString();
        }

        private static void add(StringBuilder words, int number, String unit) {
            if (number > 0) {
                words.append(words.length() == 0 ? "" : ", ").append(number).append(unit);
            }
        }
    }
}
