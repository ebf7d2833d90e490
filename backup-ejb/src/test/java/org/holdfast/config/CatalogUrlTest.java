package org.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CatalogUrlTest {
    @Test
    void one_url_gives_the_three_names_of_the_datasource() {
        CatalogUrl derived =
                new CatalogUrl("postgres://hold%40fast:p%3Aw@db:6432/catalog?sslmode=verify-full");

        assertThat(derived.getValue("holdfast.db.jdbc-url"))
                .isEqualTo(
                        "jdbc:postgresql://db:6432/catalog?sslmode=verify-full&targetServerType=any");
        assertThat(derived.getValue("holdfast.db.user")).isEqualTo("hold@fast");
        assertThat(derived.getValue("holdfast.db.password")).isEqualTo("p:w");
        assertThat(derived.getPropertyNames())
                .containsExactlyInAnyOrder(
                        "holdfast.db.jdbc-url", "holdfast.db.user", "holdfast.db.password");
    }

    @Test
    void what_is_set_expressly_wins() {
        assertThat(new CatalogUrl("postgres://u@h/d").getOrdinal()).isLessThan(100);
    }

    @Test
    void no_url_leads_to_a_host_that_says_so() {
        CatalogUrl none = new CatalogUrl(" ");

        assertThat(none.getValue("holdfast.db.jdbc-url"))
                .isEqualTo("jdbc:postgresql://unset.holdfast.invalid/catalog");
        assertThat(CatalogUrl.problem("unset.holdfast.invalid"))
                .contains(
                        "HOLDFAST_DB_URL is not set: Holdfast has no catalog. Set it to"
                                + " postgresql://user:password@host:5432/database.");
    }

    @Test
    void a_malformed_url_leads_to_a_host_that_says_so() {
        assertThat(new CatalogUrl("postgres://h").getValue("holdfast.db.jdbc-url"))
                .isEqualTo("jdbc:postgresql://malformed.holdfast.invalid/catalog");
        assertThat(CatalogUrl.problem("db.example.org")).isEmpty();
    }
}
