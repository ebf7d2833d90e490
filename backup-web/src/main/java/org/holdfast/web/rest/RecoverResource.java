package org.holdfast.web.rest;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.holdfast.app.Recovery;
import org.holdfast.domain.shared.Sha256;
import org.holdfast.domain.snapshot.StoreManifests;

/** The catalog, rebuilt from what lies in the stores. */
@Path("recover")
@RequestScoped
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Recovery")
public class RecoverResource {
    @Inject private Recovery recovery;

    /**
     * @param publicKeys PEM of keys whose signatures count, beside this server's
     * @param acceptKeys fingerprints (SHA-256 of the DER, hex) of such keys; the key itself is then
     *     taken from beside the backups
     * @param otp TOTP code
     */
    public record Order(List<String> publicKeys, List<String> acceptKeys, String otp) {}

    /**
     * What was found and is not in the catalog, or was not.
     *
     * @param folder where it lies in the store
     * @param backup absent where the manifest is not to be believed
     * @param status ADDED, COPY_ADDED, or LEFT: not entered
     * @param signature of the manifest: SIGNED, UNSIGNED, WRONGLY_SIGNED, FOREIGN, INCOMPLETE
     *     (signed, and an object is missing or has another size) or UNREADABLE
     * @param key fingerprint of the key that signed it, or that lies beside it
     * @param text why it was left
     */
    public record Item(
            String store,
            String folder,
            Optional<UUID> backup,
            Optional<String> source,
            Optional<Instant> takenAt,
            Recovery.Outcome status,
            StoreManifests.Standing signature,
            Optional<String> key,
            Optional<String> text) {
        static Item of(Recovery.Item item) {
            return new Item(
                    item.store(),
                    item.folder().value(),
                    item.backup(),
                    item.source(),
                    item.takenAt(),
                    item.outcome(),
                    item.standing(),
                    item.key().map(Sha256::hex),
                    Optional.of(item.words()).filter(words -> !words.isEmpty()));
        }
    }

    /**
     * @param known copies that the catalog had before
     * @param failure why it was not looked through to its end
     */
    public record OfStore(String name, String place, int known, Optional<String> failure) {}

    /**
     * @param id of nothing that stays: the word {@code recovery}
     * @param status WHOLE, or PARTIAL where a store was not looked through to its end
     */
    public record Report(
            String id,
            String status,
            long added,
            long copiesAdded,
            long left,
            List<OfStore> stores,
            List<Item> items) {}

    @POST
    @Operation(
            summary =
                    "Enter backups that lie in the stores and the catalog does not know, by their signed manifests")
    public Report recover(Order body) {
        Order order = Bodies.require(body);
        Recovery.Report report =
                recovery.recover(order.publicKeys(), order.acceptKeys(), order.otp());
        return new Report(
                "recovery",
                report.stores().stream().allMatch(s -> s.failure().isEmpty()) ? "WHOLE" : "PARTIAL",
                count(report, Recovery.Outcome.ADDED),
                count(report, Recovery.Outcome.COPY_ADDED),
                count(report, Recovery.Outcome.LEFT),
                report.stores().stream()
                        .map(s -> new OfStore(s.name(), s.place(), s.known(), s.failure()))
                        .toList(),
                report.items().stream().map(Item::of).toList());
    }

    private static long count(Recovery.Report report, Recovery.Outcome outcome) {
        return report.items().stream().filter(i -> i.outcome() == outcome).count();
    }
}
