package org.holdfast.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.holdfast.domain.shared.PostgresUrl;
import org.junit.jupiter.api.Test;

class ShopDatabaseIT {
    @Test
    void the_sample_has_the_variety_it_promises() {
        PostgresServer server = PostgresServer.shared();
        PostgresUrl shop = ShopDatabase.small(server);
        String db = shop.database();

        assertThat(
                        server.query(
                                db,
                                "SELECT string_agg(DISTINCT relkind::text, '' ORDER BY"
                                        + " relkind::text) FROM pg_class WHERE relnamespace <>"
                                        + " 'pg_catalog'::regnamespace AND relkind IN"
                                        + " ('r','p','m','v','S')"))
                .isEqualTo("Smprv");
        assertThat(server.query(db, "SELECT count(*) FROM pg_policy")).isEqualTo("3");
        assertThat(server.query(db, "SELECT count(*) FROM \"O'Reilly \"\"x\"\"\".\"Order Lines\""))
                .isEqualTo("3");
        server.dropDatabase(db);
    }
}
