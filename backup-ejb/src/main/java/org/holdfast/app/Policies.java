package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.holdfast.config.PolicyDocument;
import org.holdfast.config.PolicySchema;
import org.holdfast.config.Settings;
import org.holdfast.domain.people.SecondFactor;
import org.holdfast.domain.policy.Fit;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyFile;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.policy.PolicyVersion;
import org.holdfast.domain.policy.PolicyVersion.Making;
import org.holdfast.domain.policy.PolicyVersion.Origin;
import org.holdfast.domain.policy.PolicyVersions;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.snapshot.Sources;
import org.holdfast.domain.storage.StorageLocation;
import org.holdfast.domain.storage.StorageLocations;

/** The policy: which one is in force, which ones were, and how it is changed. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class Policies {
    @Inject private PolicyInForce policy;
    @Inject private Sources sources;
    @Inject private Clock clock;
    @Inject private PolicyVersions versions;
    @Inject private PolicyChange change;
    @Inject private Approvals approvals;
    @Inject private SecondFactor secondFactor;
    @Inject private Settings settings;
    @Inject private Caller caller;
    @Inject private StorageLocations stores;

    /**
     * The policy as a text.
     *
     * @param version empty where nobody has said anything yet
     * @param policy what the document says; where this server cannot read it, what counts on it
     * @param document canonical JSON object
     * @param pretty the same, one member a line
     * @param files that servers follow
     */
    public record Standing(
            Optional<PolicyVersion> version,
            Policy policy,
            JsonObject document,
            String pretty,
            List<FileStanding> files) {
        public int number() {
            return version.map(PolicyVersion::number).orElse(0);
        }
    }

    /**
     * A file that a server follows.
     *
     * @param version that the file is, as it was last good; empty where it never was
     * @param inForce whether that is what is in force
     */
    public record FileStanding(PolicyFile file, Optional<Integer> version, boolean inForce) {}

    /**
     * A version with its document and what it changed.
     *
     * @param pretty the document, one member a line
     * @param changes against the version before
     */
    public record Whole(
            PolicyVersion version,
            JsonObject document,
            String pretty,
            PolicyComparison changes,
            boolean inForce) {}

    /**
     * What a document would change.
     *
     * @param wrong sentences; where there are any, nothing else is told
     * @param wrongAt the same by the path of the value that is wrong
     * @param comparison with the policy in force
     * @param secondPerson whether somebody else has to agree
     */
    public record Preview(
            List<String> wrong,
            Map<String, String> wrongAt,
            PolicyComparison comparison,
            boolean secondPerson) {}

    /**
     * A document as a form shows it.
     *
     * @param fields of all databases, or of one
     * @param overrides databases that have values of their own, by name
     */
    public record Form(PolicyFields fields, List<String> overrides) {}

    /**
     * @param number of the new version; empty while it waits
     * @param approval what it waits for
     */
    public record Saved(Optional<Integer> number, Optional<UUID> approval) {}

    // --- reading -----------------------------------------------------------------------------

    public Policy inForce() {
        return policy.now();
    }

    /** What a policy promises and its own schedules cannot keep, one sentence each. */
    public List<String> doubts(Policy of) {
        return Fit.doubts(
                of, sources.active().stream().map(Source::name).toList(), clock.instant());
    }

    /** Read from the catalog at once, so that all of it is of one version. */
    public Standing standing() {
        Optional<PolicyVersion> version = versions.inForce();
        PolicyDocument document =
                PolicyDocument.of(version.map(PolicyVersion::document).orElse("{}"));
        return new Standing(
                version,
                document.good()
                        ? document.policy(
                                version.map(PolicyVersion::label).orElse("default"),
                                settings.configuredRetentionDays())
                        : policy.now(),
                document.json(),
                document.pretty(),
                versions.files().stream().map(file -> standing(file, version)).toList());
    }

    private FileStanding standing(PolicyFile file, Optional<PolicyVersion> inForce) {
        return new FileStanding(
                file,
                file.sha256().flatMap(versions::newestOf).map(PolicyVersion::number),
                file.sha256().equals(inForce.map(PolicyVersion::sha256)));
    }

    /** Newest first. */
    public Page<PolicyVersion> versions(Optional<String> cursor, int max) {
        return versions.page(cursor, max);
    }

    public Whole version(int number) {
        PolicyVersion version =
                versions.find(number).orElseThrow(() -> Refused.notFound("policy version", number));
        PolicyDocument document = PolicyDocument.of(version.document());
        PolicyDocument before =
                PolicyDocument.of(
                        versions.find(number - 1).map(PolicyVersion::document).orElse("{}"));
        return new Whole(
                version,
                document.json(),
                document.pretty(),
                PolicyComparison.of(before, document, settings.configuredRetentionDays()),
                number == versions.newest());
    }

    /** JSON Schema (2020-12) of the document. */
    public String schema() {
        return PolicySchema.text();
    }

    /** Tells what a document would change; changes nothing. */
    public Preview preview(String text) {
        PolicyDocument document = PolicyDocument.of(text);
        if (!document.good()) {
            return new Preview(
                    document.wrong().stream().map(PolicyDocument.Wrong::sentence).toList(),
                    document.wrong().stream()
                            .collect(
                                    Collectors.toMap(
                                            PolicyDocument.Wrong::path,
                                            PolicyDocument.Wrong::sentence,
                                            (one, other) -> one + " " + other)),
                    PolicyComparison.NONE,
                    false);
        }
        PolicyComparison comparison = change.against(document);
        return new Preview(List.of(), Map.of(), comparison, secondPerson(comparison));
    }

    /**
     * A document as a form of some of its values.
     *
     * @param source whose own values are meant; empty: those of all
     * @return empty where the text is no JSON object, which only its writer can mend
     */
    public Optional<Form> form(String text, String source) {
        return object(text)
                .map(
                        json ->
                                new Form(
                                        PolicyFields.of(json, source, storeNames()),
                                        json.get("sources") instanceof JsonObject named
                                                ? named.keySet().stream().sorted().toList()
                                                : List.of()));
    }

    /** The document with what was typed into a form of it. */
    public String written(PolicyFields fields, String text) {
        return PolicyDocument.of(fields.onto(object(text).orElse(JsonValue.EMPTY_JSON_OBJECT)))
                .pretty();
    }

    private static Optional<JsonObject> object(String text) {
        PolicyDocument document = PolicyDocument.of(text);
        return document.wrong().stream().anyMatch(wrong -> wrong.path().isEmpty())
                ? Optional.empty()
                : Optional.of(document.json());
    }

    /** Stores that a rule of keeping can be given for. */
    public List<String> storeNames() {
        return stores.active().stream().map(StorageLocation::name).toList();
    }

    /** Databases that values can be given for. */
    public List<String> sourceNames() {
        return sources.activeNames();
    }

    private boolean secondPerson(PolicyComparison comparison) {
        return comparison.shortens()
                && settings.fourEyesOperations().contains(PolicyChange.OPERATION);
    }

    // --- changing ----------------------------------------------------------------------------

    /**
     * As {@link #save}, where the version in force is one that the caller still means.
     *
     * @param meant whether its number is
     * @param from number of the version that it was made from; empty: the one in force
     * @throws Refused POLICY-STALE where it is not, and what {@code save} throws
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public Saved saveIf(
            IntPredicate meant, String text, Optional<Integer> from, String reason, String otp) {
        versions.lock();
        int now = versions.inForce().map(PolicyVersion::number).orElse(0);
        if (!meant.test(now)) {
            throw new Refused(
                    "POLICY-STALE",
                    "The policy in force is version "
                            + now
                            + " now, and not the one that If-Match names. Nothing was changed.",
                    "GET the policy again, make the change in it, and give its new ETag back.");
        }
        return save(text, from.orElse(now), reason, otp);
    }

    /**
     * Puts a document in force, or asks a second person where it keeps backups shorter and the
     * configuration asks for one.
     *
     * @param from number of the version that it was made from; 0 where there was none
     * @param reason why; stands in the history
     * @throws Refused POLICY-WRONG, POLICY-MOVED, POLICY-SAME, POLICY-REASON; each before the code
     *     is spent
     */
    @RolesAllowed(SUPER_GURU_NAME)
    public Saved save(String text, int from, String reason, String otp) {
        versions.lock();
        PolicyDocument document = PolicyDocument.of(text);
        PolicyChange.requireGood(document);
        Origin origin = caller.byToken() ? Origin.API : Origin.PAGE;
        Making making = new Making(origin, "", caller.name(), caller.name(), reason);
        JsonObject parameters = PolicyChange.parameters(document, from, origin, making.comment());
        change.plan(parameters);
        boolean secondPerson = secondPerson(change.against(document));
        secondFactor.require(
                caller.name(),
                otp,
                "policy.change " + Sha256.of(CanonicalJson.text(parameters)).hex());
        if (secondPerson) {
            return new Saved(
                    Optional.empty(),
                    Optional.of(
                            approvals.request(
                                    PolicyChange.OPERATION, parameters, making.comment())));
        }
        change.carryOut(parameters, caller.name(), caller.name());
        return new Saved(Optional.of(versions.newest()), Optional.empty());
    }
}
