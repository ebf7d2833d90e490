package org.holdfast.adapter.s3;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.holdfast.domain.storage.Finding;
import org.holdfast.domain.storage.Guard;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * The life cycle rules of a bucket, as far as they meet one prefix. Rules are added and never
 * changed or taken away: they are somebody's. Elements are those of S3's LifecycleConfiguration;
 * where several rules meet an object, S3 lets the shortest time count.
 */
final class Lifecycle {
    static final int OLD_VERSIONS_DAYS = 30;
    static final int UPLOADS_DAYS = 7;

    /** A backup of a large database over a slow line takes its time. */
    private static final int UPLOADS_LEAST_DAYS = 2;

    private static final Set<String> THAWED_FIRST = Set.of("GLACIER", "DEEP_ARCHIVE");
    private static final int LONGEST_ID = 60;

    private final Element root;
    private final String prefix;
    private final List<Rule> rules;

    /** One rule of anybody. */
    private record Rule(Element element) {
        String id() {
            String id = Xml.textAt(element, "ID").orElse("without an ID");
            return "\""
                    + (id.length() > LONGEST_ID ? id.substring(0, LONGEST_ID) + "…" : id)
                    + "\"";
        }

        boolean enabled() {
            return Xml.textAt(element, "Status").filter("Enabled"::equals).isPresent();
        }

        /** Its prefix stood in the rule itself before there were filters. */
        boolean old() {
            return Xml.at(element, "Prefix").isPresent() && Xml.at(element, "Filter").isEmpty();
        }

        private String prefix() {
            return Xml.textAt(element, "Prefix")
                    .or(() -> Xml.textAt(element, "Filter", "Prefix"))
                    .or(() -> Xml.textAt(element, "Filter", "And", "Prefix"))
                    .orElse("");
        }

        /** Whether it is for some objects below its prefix only. */
        private boolean narrowed() {
            return Stream.of("Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
                    .anyMatch(
                            name ->
                                    Xml.at(element, "Filter", name).isPresent()
                                            || Xml.at(element, "Filter", "And", name).isPresent());
        }

        boolean covers(String all) {
            return enabled() && !narrowed() && all.startsWith(prefix());
        }

        boolean meets(String some) {
            return enabled() && (some.startsWith(prefix()) || prefix().startsWith(some));
        }

        OptionalInt days(String... path) {
            return Xml.textAt(element, path)
                    .filter(t -> t.matches("[0-9]{1,9}"))
                    .map(t -> OptionalInt.of(Integer.parseInt(t)))
                    .orElse(OptionalInt.empty());
        }
    }

    private Lifecycle(Element root, String prefix) {
        this.root = root;
        this.prefix = prefix;
        this.rules = Xml.children(root, "Rule").stream().map(Rule::new).toList();
    }

    /**
     * @param prefix below which Holdfast's objects lie; empty for the whole bucket
     */
    static Lifecycle of(Element root, String prefix) {
        return new Lifecycle(root, prefix);
    }

    /** Of a bucket without any rule. */
    static Lifecycle none(String prefix) {
        try {
            return new Lifecycle(
                    Xml.parse("<LifecycleConfiguration xmlns=\"" + Xml.NAMESPACE + "\"/>"), prefix);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Finding> findings() {
        return List.of(oldVersions(), deleteMarkers(), unfinishedUploads(), expiry(), transition());
    }

    static String expected(Guard guard) {
        return switch (guard) {
            case OLD_VERSIONS ->
                    "Versions that were deleted or overwritten stay "
                            + OLD_VERSIONS_DAYS
                            + " days or longer, and then go";
            case DELETE_MARKERS -> "Markers of deletions go when nothing is left behind them";
            case UNFINISHED_UPLOADS ->
                    "Uploads that never ended go after " + UPLOADS_DAYS + " days or so";
            case EXPIRY -> "No rule removes current objects: retention is Holdfast's";
            case TRANSITION -> "Objects can be read at once";
            default -> throw new IllegalArgumentException(guard + " is no life cycle rule");
        };
    }

    private static Finding fulfilled(Guard guard, String found) {
        return new Finding.Fulfilled(guard, expected(guard), found);
    }

    private static Finding missing(Guard guard, String found) {
        return new Finding.Lacking(
                guard,
                expected(guard),
                found,
                "Have it set here, or add a life cycle rule for it.",
                true);
    }

    private static Finding wrong(Guard guard, String found, String remedy) {
        return new Finding.Lacking(guard, expected(guard), found, remedy, false);
    }

    private Finding oldVersions() {
        return timed(
                Guard.OLD_VERSIONS,
                OLD_VERSIONS_DAYS,
                "No rule: what was deleted stays, and is paid for, without an end",
                "ends old versions after",
                "Lengthen that rule to "
                        + OLD_VERSIONS_DAYS
                        + " days: after that a deletion cannot be undone.",
                "NoncurrentVersionExpiration",
                "NoncurrentDays");
    }

    private Finding unfinishedUploads() {
        return timed(
                Guard.UNFINISHED_UPLOADS,
                UPLOADS_LEAST_DAYS,
                "No rule: parts of uploads that broke off stay and are paid for",
                "aborts uploads after",
                "Lengthen that rule: it would abort a backup that takes longer.",
                "AbortIncompleteMultipartUpload",
                "DaysAfterInitiation");
    }

    private Finding timed(
            Guard guard, int least, String none, String does, String remedy, String... path) {
        Optional<Rule> early =
                rules.stream()
                        .filter(r -> r.meets(prefix))
                        .filter(r -> r.days(path).orElse(least) < least)
                        .findFirst();
        if (early.isPresent()) {
            return wrong(
                    guard,
                    "Rule %s %s %s".formatted(early.get().id(), does, days(early.get().days(path))),
                    remedy);
        }
        return rules.stream()
                .filter(r -> r.covers(prefix))
                .filter(r -> r.days(path).isPresent())
                .findFirst()
                .map(
                        r ->
                                fulfilled(
                                        guard,
                                        "Rule %s %s %s"
                                                .formatted(r.id(), does, days(r.days(path)))))
                .orElseGet(() -> missing(guard, none));
    }

    private static String days(OptionalInt days) {
        return days.getAsInt() == 1 ? "1 day" : days.getAsInt() + " days";
    }

    private Finding deleteMarkers() {
        return rules.stream()
                .filter(r -> r.covers(prefix))
                .filter(
                        r ->
                                Xml.textAt(r.element(), "Expiration", "ExpiredObjectDeleteMarker")
                                        .filter("true"::equalsIgnoreCase)
                                        .isPresent())
                .findFirst()
                .map(r -> fulfilled(Guard.DELETE_MARKERS, "Rule " + r.id() + " removes them"))
                .orElseGet(() -> missing(Guard.DELETE_MARKERS, "No rule: they pile up"));
    }

    private Finding expiry() {
        String found =
                rules.stream()
                        .filter(r -> r.meets(prefix))
                        .filter(
                                r ->
                                        r.days("Expiration", "Days").isPresent()
                                                || Xml.textAt(r.element(), "Expiration", "Date")
                                                        .isPresent())
                        .map(
                                r ->
                                        "rule "
                                                + r.id()
                                                + (r.days("Expiration", "Days").isPresent()
                                                        ? " after "
                                                                + days(r.days("Expiration", "Days"))
                                                        : " at "
                                                                + Xml.textAt(
                                                                                r.element(),
                                                                                "Expiration",
                                                                                "Date")
                                                                        .orElseThrow()))
                        .collect(Collectors.joining("; "));
        return found.isEmpty()
                ? fulfilled(Guard.EXPIRY, "None does")
                : wrong(
                        Guard.EXPIRY,
                        "Current objects are removed by " + found,
                        "Take that rule away for this prefix: it removes backups that the policy"
                                + " keeps, and Holdfast finds out only when it looks for them.");
    }

    private Finding transition() {
        List<String> all =
                rules.stream()
                        .filter(r -> r.meets(prefix))
                        .flatMap(r -> Xml.children(r.element(), "Transition").stream())
                        .map(
                                t ->
                                        Xml.textAt(t, "StorageClass").orElse("another class")
                                                + Xml.textAt(t, "Days")
                                                        .map(d -> " after " + d + " days")
                                                        .orElse(""))
                        .toList();
        if (all.isEmpty()) {
            return fulfilled(Guard.TRANSITION, "No rule moves them");
        }
        String found = "Moved to " + String.join(", ", all);
        return all.stream().map(t -> t.split(" ", 2)[0]).anyMatch(THAWED_FIRST::contains)
                ? wrong(
                        Guard.TRANSITION,
                        found,
                        "Use a class that is read at once (STANDARD_IA, GLACIER_IR): from this one"
                                + " a restore waits for hours and has to be asked for at the store"
                                + " first; verification and drills fail.")
                : fulfilled(Guard.TRANSITION, found);
    }

    /** The document with a rule more for each of these guards. */
    String with(List<Guard> guards) {
        Document document = (Document) root.getOwnerDocument().cloneNode(true);
        for (Guard guard : guards) {
            document.getDocumentElement().appendChild(rule(document, guard));
        }
        return Xml.text(document);
    }

    private Element rule(Document document, Guard guard) {
        Element rule = element(document, "Rule");
        add(rule, "ID", freeId(guard));
        // Rules of the old and the new form must not stand in one document.
        Element scope =
                rules.stream().anyMatch(Rule::old)
                        ? rule
                        : (Element) rule.appendChild(element(document, "Filter"));
        add(scope, "Prefix", prefix);
        add(rule, "Status", "Enabled");
        switch (guard) {
            case OLD_VERSIONS ->
                    add(
                            (Element)
                                    rule.appendChild(
                                            element(document, "NoncurrentVersionExpiration")),
                            "NoncurrentDays",
                            Integer.toString(OLD_VERSIONS_DAYS));
            case DELETE_MARKERS ->
                    add(
                            (Element) rule.appendChild(element(document, "Expiration")),
                            "ExpiredObjectDeleteMarker",
                            "true");
            case UNFINISHED_UPLOADS ->
                    add(
                            (Element)
                                    rule.appendChild(
                                            element(document, "AbortIncompleteMultipartUpload")),
                            "DaysAfterInitiation",
                            Integer.toString(UPLOADS_DAYS));
            default -> throw new IllegalArgumentException(guard + " is no life cycle rule");
        }
        return rule;
    }

    /** What a rule for this does, in words. */
    static String words(Guard guard) {
        return switch (guard) {
            case OLD_VERSIONS ->
                    "Old versions go " + OLD_VERSIONS_DAYS + " days after they were replaced.";
            case DELETE_MARKERS -> "Markers with nothing behind them go.";
            case UNFINISHED_UPLOADS ->
                    "Uploads that never ended go after " + UPLOADS_DAYS + " days.";
            default -> throw new IllegalArgumentException(guard + " is no life cycle rule");
        };
    }

    private String freeId(Guard guard) {
        String name =
                "holdfast-" + guard.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        Set<String> taken =
                rules.stream()
                        .flatMap(r -> Xml.textAt(r.element(), "ID").stream())
                        .collect(Collectors.toSet());
        return Stream.concat(
                        Stream.of(name),
                        IntStream.iterate(2, i -> i + 1).mapToObj(i -> name + "-" + i))
                .filter(id -> !taken.contains(id))
                .findFirst()
                .orElseThrow();
    }

    private Element element(Document document, String name) {
        return document.createElementNS(root.getNamespaceURI(), name);
    }

    private void add(Element parent, String name, String text) {
        Element child = element(parent.getOwnerDocument(), name);
        child.setTextContent(text);
        parent.appendChild(child);
    }
}
