package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.storage.StorageLocation;

/** When the certificates and credentials end that places depend on, as far as that is known. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class PlaceEnds {
    @Inject private Expiries expiries;

    /**
     * @param certificate what the host showed at the last look
     * @param login the password or key that Holdfast uses
     */
    public record Ends(Optional<Instant> certificate, Optional<Instant> login) {
        public static final Ends UNKNOWN = new Ends(Optional.empty(), Optional.empty());
    }

    /** By the source's id; two queries, however many they are. */
    public Map<UUID, Ends> ofSources(Collection<Source> sources) {
        Map<String, Instant> logins =
                expiries.ends(
                        AlertKind.CREDENTIAL_EXPIRES,
                        sources.stream().map(PlaceEnds::login).toList());
        return of(
                sources,
                Source::id,
                source -> Expiries.ofDatabase(source.redactedUrl()),
                source -> Optional.ofNullable(logins.get(login(source))));
    }

    public Map<UUID, Ends> ofTargets(Collection<TargetEnvironment> targets) {
        return of(
                targets,
                TargetEnvironment::id,
                target -> Expiries.ofDatabase(target.redactedUrl()),
                target -> Optional.empty());
    }

    public Map<UUID, Ends> ofStores(Collection<StorageLocation> stores) {
        return of(
                stores,
                StorageLocation::id,
                store ->
                        Optional.ofNullable(store.endpoint())
                                .map(URI::create)
                                .flatMap(Expiries::ofHost),
                store ->
                        store.keysEndOn().map(day -> day.atStartOfDay(ZoneOffset.UTC).toInstant()));
    }

    private <T> Map<UUID, Ends> of(
            Collection<T> places,
            Function<T, UUID> id,
            Function<T, Optional<String>> host,
            Function<T, Optional<Instant>> login) {
        Map<UUID, String> hosts = new HashMap<>();
        places.forEach(place -> host.apply(place).ifPresent(s -> hosts.put(id.apply(place), s)));
        Map<String, Instant> certificates =
                expiries.ends(AlertKind.CERTIFICATE_EXPIRES, hosts.values());
        Map<UUID, Ends> ends = new HashMap<>();
        places.forEach(
                place ->
                        ends.put(
                                id.apply(place),
                                new Ends(
                                        Optional.ofNullable(hosts.get(id.apply(place)))
                                                .map(certificates::get),
                                        login.apply(place))));
        return ends;
    }

    private static String login(Source source) {
        return "source/" + source.name();
    }
}
