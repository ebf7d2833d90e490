package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.holdfast.domain.alert.AlertFacts;
import org.holdfast.domain.alert.AlertKind;
import org.holdfast.domain.alert.Expiries;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.storage.StorageLocation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the catalog knows of things that end. */
class CatalogAlertFactsIT {
    private static final AlertKind CERTIFICATE = AlertKind.CERTIFICATE_EXPIRES;

    private final OutsideAServer catalog = new OutsideAServer();
    private final OutsideAServer.Session session = catalog.session();
    private final CatalogAlertFacts facts = session.with(new CatalogAlertFacts());
    private final Instant now = Instant.now();

    @AfterEach
    void end() {
        session.close();
        catalog.close();
    }

    private void note(String subject, Instant end, String by) {
        note(subject, end, by, false);
    }

    private void note(String subject, Instant end, String by, boolean verified) {
        Expiries.Thing thing = new Expiries.Thing(CERTIFICATE, subject, "The thing", verified, by);
        session.within(() -> facts.seen(thing, Optional.of(Expiries.Term.until(end))));
    }

    private Map<String, AlertFacts.Expiring> known() {
        Map<String, AlertFacts.Expiring> known = new TreeMap<>();
        session.within(() -> facts.known(now)).forEach(it -> known.put(it.subject(), it));
        return known;
    }

    private void lookedAgo(Duration ago) {
        catalog.sql(
                "UPDATE expiries SET seen_at = now() - interval '"
                        + ago
                        + "', read_at = now() - interval '"
                        + ago
                        + "'");
    }

    @Test
    void one_that_was_looked_for_and_not_read_is_kept_and_is_no_reading() {
        Instant end = now.minus(Duration.ofHours(1));
        note("certificate/one", end, "one");
        assertThat(known().get("certificate/one").endedUnseen(now)).isFalse();
        assertThat(known().get("certificate/one").verified()).isFalse();
        lookedAgo(Duration.ofDays(3));
        assertThat(known()).isEmpty();

        session.within(() -> facts.still(CERTIFICATE, "certificate/one"));

        assertThat(known().get("certificate/one").endedUnseen(now)).isTrue();
        assertThat(session.within(() -> facts.ends(CERTIFICATE, Set.of("certificate/one"), now)))
                .isEmpty();
        note("certificate/one", end, "one");
        assertThat(session.within(() -> facts.ends(CERTIFICATE, Set.of("certificate/one"), now)))
                .containsOnlyKeys("certificate/one");
    }

    @Test
    void each_server_forgets_what_it_found_itself_and_others_only_what_is_old() {
        Instant end = now.plus(Duration.ofDays(9));
        note("tls/db.example:5432", end, "one");
        note("tls/hooks.example:443", end, "two");
        note("certificate/two", end, "two");
        Set<String> ofOne = Set.of("tls/db.example:5432");
        Set<String> ofTwo = Set.of("tls/db.example:5432", "tls/hooks.example:443");

        for (int i = 0; i < 2; i++) {
            session.within(() -> facts.onlyHosts(ofOne, "one"));
            session.within(() -> facts.onlyHosts(ofTwo, "two"));
        }
        assertThat(known()).hasSize(3);

        session.within(() -> facts.onlyHosts(ofOne, "two"));
        assertThat(known()).containsOnlyKeys("certificate/two", "tls/db.example:5432");

        lookedAgo(Duration.ofHours(47));
        session.within(() -> facts.onlyHosts(Set.of(), "two"));
        assertThat(known()).containsKey("tls/db.example:5432");
        lookedAgo(Duration.ofHours(49));
        session.within(() -> facts.onlyHosts(Set.of(), "two"));
        lookedAgo(Duration.ZERO);
        assertThat(known()).containsOnlyKeys("certificate/two");
    }

    @Test
    void what_one_server_verifies_is_verified_though_another_one_does_not() {
        Instant end = now.plus(Duration.ofDays(9));
        String host = "tls/db.example:5432";
        note(host, end, "one", true);
        note(host, end, "two", false);
        note(host, end, "two", false);
        assertThat(known().get(host).verified()).isTrue();
        note(host, end, "one", true);
        note(host, end, "two", false);
        assertThat(known().get(host).verified()).isTrue();

        note(host, end, "one", false);
        assertThat(known().get(host).verified()).isFalse();
        note(host, end, "two", false);
        assertThat(known().get(host).verified()).isFalse();

        note(host, end, "one", true);
        note(host, end, "two", false);
        catalog.sql("UPDATE expiries SET verified_at = now() - interval '3 hours'");
        note(host, end, "two", false);
        assertThat(known().get(host).verified()).isFalse();
    }

    @Test
    void the_end_of_a_stores_key_is_held_against_what_the_store_takes() {
        LocalDate yesterday = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1);
        StorageLocation store =
                StorageLocation.bucket(
                        "s3", Origin.CONFIGURATION, "https://h", "r", "b", "", "id", null);
        store.useKeys("id", null, Optional.of(yesterday));
        CatalogStores stores = session.with(new CatalogStores());
        session.within(() -> stores.add(store));
        assertThat(known().get("store/s3").at())
                .isEqualTo(yesterday.atStartOfDay(ZoneOffset.UTC).toInstant());
        assertThat(known().get("store/s3").endedUnseen(now)).isTrue();

        session.within(() -> facts.checked(store.id(), Optional.empty()));
        assertThat(known().get("store/s3").outlived(now)).isTrue();

        session.within(() -> facts.checked(store.id(), Optional.of("403")));
        assertThat(known().get("store/s3").outlived(now)).isFalse();
        assertThat(known().get("store/s3").endedUnseen(now)).isFalse();

        assertThat(
                        session.within(
                                () ->
                                        facts.ends(
                                                AlertKind.CREDENTIAL_EXPIRES,
                                                List.of("store/s3", "store/x"),
                                                now)))
                .containsOnlyKeys("store/s3");
        assertThat(session.within(() -> stores.find(store.id()).orElseThrow().keysEndOn()))
                .contains(yesterday);
    }
}
