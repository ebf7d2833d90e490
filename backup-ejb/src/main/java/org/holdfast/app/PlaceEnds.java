package org.holdfast.app;

import static org.holdfast.domain.people.Role.ADMIN_NAME;
import static org.holdfast.domain.people.Role.AUDITOR_NAME;
import static org.holdfast.domain.people.Role.OPERATOR_NAME;
import static org.holdfast.domain.people.Role.SUPER_GURU_NAME;

import jakarta.annotation.security.RolesAllowed;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.AlertRules;
import org.holdfast.domain.alert.Concern;
import org.holdfast.domain.alert.Expiries;
import org.holdfast.domain.alert.Severity;
import org.holdfast.domain.policy.Policy;
import org.holdfast.domain.policy.PolicyInForce;
import org.holdfast.domain.restore.TargetEnvironment;
import org.holdfast.domain.snapshot.Source;
import org.holdfast.domain.storage.StorageLocation;

/** When the certificates and credentials end that places depend on, as far as that is known. */
@Stateless
@RolesAllowed({SUPER_GURU_NAME, ADMIN_NAME, OPERATOR_NAME, AUDITOR_NAME})
public class PlaceEnds {
    @Inject private Expiries expiries;
    @Inject private PolicyInForce policy;
    @Inject private Clock clock;

    /**
     * @param ended whether that is over
     * @param outlived whether it works on nevertheless
     * @param told how bad an alert about it is; empty while there is time
     */
    public record End(Instant at, boolean ended, boolean outlived, Optional<Severity> told) {
        static End of(AlertFacts.Expiring it, Instant now, Policy policy) {
            return new End(
                    it.at(),
                    it.ended(now),
                    it.outlived(now),
                    AlertRules.expiring(it, now, policy).map(Concern::severity));
        }
    }

    /**
     * @param certificate what the host showed at the last look
     * @param login the password or key that Holdfast uses
     */
    public record Ends(Optional<End> certificate, Optional<End> login) {
        public static final Ends UNKNOWN = new Ends(Optional.empty(), Optional.empty());
    }

    /** By the source's id; two queries, however many they are. */
    public Map<UUID, Ends> ofSources(Collection<Source> sources) {
        return of(
                sources,
                Source::id,
                source -> Expiries.ofDatabase(source.redactedUrl()),
                source -> Optional.of("source/" + source.name()));
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
                store -> store.keysEndOn().map(day -> "store/" + store.name()));
    }

    private <T> Map<UUID, Ends> of(
            Collection<T> places,
            Function<T, UUID> id,
            Function<T, Optional<String>> host,
            Function<T, Optional<String>> login) {
        Map<String, End> certificates = ends(AlertKind.CERTIFICATE_EXPIRES, places, host);
        Map<String, End> logins = ends(AlertKind.CREDENTIAL_EXPIRES, places, login);
        Map<UUID, Ends> ends = new HashMap<>();
        places.forEach(
                place ->
                        ends.put(
                                id.apply(place),
                                new Ends(
                                        host.apply(place).map(certificates::get),
                                        login.apply(place).map(logins::get))));
        return ends;
    }

    private <T> Map<String, End> ends(
            AlertKind kind, Collection<T> places, Function<T, Optional<String>> subject) {
        Set<String> subjects =
                places.stream()
                        .flatMap(place -> subject.apply(place).stream())
                        .collect(Collectors.toSet());
        if (subjects.isEmpty()) {
            return Map.of();
        }
        Instant now = clock.instant();
        Policy inForce = policy.now();
        Map<String, End> ends = new HashMap<>();
        expiries.ends(kind, subjects, now)
                .forEach((name, it) -> ends.put(name, End.of(it, now, inForce)));
        return ends;
    }
}
