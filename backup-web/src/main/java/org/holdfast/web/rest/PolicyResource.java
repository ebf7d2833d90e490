package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Policies;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.RowProof;
import org.holdfast.domain.policy.Schedule;

/** The policy in force. */
@Path("policy")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Policy")
public class PolicyResource {
    @Inject private Policies policies;

    /**
     * @param id the policy's version
     * @param schedule when sources are backed up by themselves, in words
     * @param sources overrides by source name
     * @param contacts who can be reached when a recovery goes wrong
     * @param escalation who is called after how many minutes
     */
    public record View(
            String id,
            String status,
            int rpoMinutes,
            int rtoMinutes,
            int retentionDays,
            int logicalExportFrequencyMinutes,
            String monthlyRestoreDay,
            int keyRotationDays,
            String schedule,
            Map<String, ForSource> sources,
            List<Contact> contacts,
            List<Step> escalation,
            Optional<Duration> freshness,
            List<String> doubts) {}

    /** Empty texts where the policy does not tell. */
    public record Contact(String name, String role, String phone, String email) {}

    /**
     * @param contact the name of a contact
     */
    public record Step(int afterMinutes, String contact) {}

    /**
     * @param stores names; empty: all
     * @param schedule in words; left out: the policy's
     * @param freshness how old the newest backup may become; left out: the policy's
     */
    public record ForSource(
            RowProof rowProof,
            List<String> stores,
            int retryAttempts,
            Duration retryFirstPauseSeconds,
            Optional<String> schedule,
            Optional<Duration> freshness) {}

    @GET
    @Operation(summary = "The policy in force")
    public View get() {
        Policy policy = policies.inForce();
        Map<String, ForSource> sources = new TreeMap<>();
        policy.sources()
                .forEach(
                        (name, rules) ->
                                sources.put(
                                        name,
                                        new ForSource(
                                                rules.rowProof(),
                                                rules.stores(),
                                                rules.retry().attempts(),
                                                rules.retry().firstPause(),
                                                rules.schedule().map(Schedule::words),
                                                rules.freshness())));
        return new View(
                policy.version(),
                "IN_FORCE",
                policy.rpoMinutes(),
                policy.rtoMinutes(),
                policy.retentionDays(),
                policy.logicalExportFrequencyMinutes(),
                policy.monthlyRestoreDay(),
                policy.keyRotationDays(),
                policy.schedule().words(),
                sources,
                policy.onCall().contacts().stream()
                        .map(c -> new Contact(c.name(), c.role(), c.phone(), c.email()))
                        .toList(),
                policy.onCall().escalation().stream()
                        .map(s -> new Step(s.afterMinutes(), s.contact()))
                        .toList(),
                policy.freshness(),
                policies.doubts());
    }
}
