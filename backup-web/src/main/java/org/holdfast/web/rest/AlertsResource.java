package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Alerts;
import org.holdfast.domain.alert.Alert;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Delivery;
import org.holdfast.domain.alert.Notice;
import org.holdfast.domain.alert.Severity;

/** What somebody has to know, and the channels it is told over. */
@Path("alerts")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Alerts")
public class AlertsResource {
    @Inject private Alerts alerts;

    /**
     * @param status OPEN, ACKNOWLEDGED or RESOLVED
     * @param kind as in settings and runbooks, e.g. {@code backup-late}
     */
    public record View(
            UUID id,
            String status,
            String kind,
            String title,
            String subject,
            Severity severity,
            String text,
            Instant openedAt,
            Instant lastSeenAt,
            Optional<Instant> resolvedAt,
            Optional<String> acknowledgedBy,
            Optional<Instant> acknowledgedAt,
            Optional<String> comment,
            List<Told> deliveries) {
        static View of(Alerts.Entry entry) {
            Alert alert = entry.alert();
            return new View(
                    alert.id(),
                    !alert.open()
                            ? "RESOLVED"
                            : alert.acknowledgedBy() == null ? "OPEN" : "ACKNOWLEDGED",
                    alert.kind().word(),
                    alert.kind().title(),
                    alert.subject(),
                    alert.severity(),
                    alert.text(),
                    alert.openedAt(),
                    alert.lastSeenAt(),
                    Optional.ofNullable(alert.resolvedAt()),
                    Optional.ofNullable(alert.acknowledgedBy()),
                    Optional.ofNullable(alert.acknowledgedAt()),
                    Optional.ofNullable(alert.comment()),
                    entry.deliveries().stream().map(Told::of).toList());
        }
    }

    /**
     * @param failure of the last try; left out where none failed since
     */
    public record Told(
            UUID id,
            String channel,
            Notice.Event event,
            Delivery.State status,
            int attempts,
            Instant madeAt,
            Optional<Instant> nextTryAt,
            Optional<Instant> sentAt,
            Optional<String> failure) {
        static Told of(Delivery delivery) {
            return new Told(
                    delivery.id(),
                    delivery.channel(),
                    delivery.event(),
                    delivery.state(),
                    delivery.attempt(),
                    delivery.madeAt(),
                    Optional.ofNullable(delivery.nextTryAt()),
                    Optional.ofNullable(delivery.sentAt()),
                    Optional.ofNullable(delivery.failure()));
        }
    }

    /**
     * @param id its name: slack, email or webhook
     * @param status CONFIGURED or OFF
     * @param destination without any secret
     * @param kinds that it gets; empty: all
     */
    public record Way(
            String id,
            String status,
            Optional<String> destination,
            Severity minSeverity,
            List<String> kinds) {
        static Way of(Alerts.Way way) {
            return new Way(
                    way.name(),
                    way.configured() ? "CONFIGURED" : "OFF",
                    Optional.of(way.destination()).filter(d -> !d.isEmpty()),
                    way.least(),
                    way.kinds().stream().map(AlertKind::word).toList());
        }
    }

    /**
     * @param id the channel's name
     * @param status DELIVERED or FAILED
     */
    public record Tested(String id, String status, String detail) {}

    /**
     * @param comment what is done about it
     */
    public record Answer(Optional<String> comment) {}

    @GET
    @Operation(summary = "Alerts that are open, the most severe first; or those resolved")
    public Listing<View> list(
            @QueryParam("status") String status,
            @QueryParam("cursor") String cursor,
            @QueryParam("limit") String limit) {
        boolean past =
                Parameters.names("status", status, java.util.Set.of("OPEN", "RESOLVED"))
                        .contains("RESOLVED");
        return past
                ? Listing.of(
                        alerts.history(Parameters.text("cursor", cursor), Parameters.limit(limit)),
                        View::of)
                : Listing.whole(alerts.open(), View::of);
    }

    @GET
    @Path("channels")
    @Operation(summary = "The channels that alerts are told over")
    public Listing<Way> channels() {
        return Listing.whole(alerts.channels(), Way::of);
    }

    @POST
    @Path("channels/{name}/test")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Send something over a channel now, and say what came of it")
    public Tested test(@PathParam("name") String name) {
        Alerts.Tested tested = alerts.test(name);
        return new Tested(
                tested.channel(), tested.delivered() ? "DELIVERED" : "FAILED", tested.words());
    }

    @GET
    @Path("{id}")
    @Operation(summary = "One alert, with what was sent of it")
    public View one(@PathParam("id") String id) {
        return View.of(alerts.one(Parameters.id("alert", id)));
    }

    @POST
    @Path("{id}/acknowledge")
    @Operation(summary = "Say that one looks after it: it is not escalated any further")
    public View acknowledge(@PathParam("id") String id, Answer body) {
        UUID alert = Parameters.id("alert", id);
        return View.of(alerts.acknowledge(alert, Bodies.require(body).comment().orElse("")));
    }
}
