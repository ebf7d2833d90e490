package org.holdfast.persistence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.TreeMap;
import org.holdfast.config.Settings;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.snapshot.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of the catalog when the configuration changes between two starts. */
class ConfiguredPlacesIT {
    private static final String SHOP = "postgres://u:canary-1@db/shop";
    private static final String STAGING = "postgres://u:canary-2@staging/shop";

    private final OutsideAServer catalog = new OutsideAServer();
    private final Map<String, String> configured =
            new TreeMap<>(
                    Map.of(
                            "BACKUP_STORAGE_DIR", "/backups",
                            "BACKUP_SOURCE_SHOP_URL", SHOP,
                            "RESTORE_TARGET_STAGING_URL", STAGING));

    @AfterEach
    void end() {
        catalog.close();
    }

    @Test
    void a_first_start_enters_everything_and_says_so() {
        start();

        assertThat(catalog.query("SELECT redacted_url FROM sources"))
                .isEqualTo("postgresql://u:***@db:5432/shop");
        assertThat(catalog.query("SELECT name || kept_hours FROM targets")).isEqualTo("staging72");
        assertThat(catalog.query("SELECT name || directory FROM stores"))
                .isEqualTo("local/backups");
        assertThat(acts()).isEqualTo("source.add, target.add, store.add");
    }

    @Test
    void a_second_start_with_the_same_changes_nothing() {
        start();
        String before = catalog.query("SELECT string_agg(id::text, ' ') FROM sources");

        start();

        assertThat(acts()).isEqualTo("source.add, target.add, store.add");
        assertThat(catalog.query("SELECT string_agg(id::text, ' ') FROM sources"))
                .isEqualTo(before);
    }

    @Test
    void no_password_reaches_the_catalog() {
        start();

        for (String table : new String[] {"sources", "targets", "stores", "audit_log"}) {
            assertThat(catalog.query("SELECT string_agg(t::text, ' ') FROM " + table + " t"))
                    .as(table)
                    .doesNotContain("canary");
        }
    }

    @Test
    void what_moved_is_followed_under_its_old_id() {
        start();
        String id = catalog.query("SELECT id FROM sources");
        configured.put("BACKUP_SOURCE_SHOP_URL", "postgres://u:p@new/shop");
        configured.put("RESTORE_TARGET_STAGING_KEPT_HOURS", "5");
        configured.put("BACKUP_STORAGE_DIR", "/elsewhere");

        start();

        assertThat(catalog.query("SELECT id FROM sources")).isEqualTo(id);
        assertThat(catalog.query("SELECT redacted_url FROM sources"))
                .isEqualTo("postgresql://u:***@new:5432/shop");
        assertThat(catalog.query("SELECT kept_hours FROM targets")).isEqualTo("5");
        assertThat(catalog.query("SELECT directory FROM stores")).isEqualTo("/elsewhere");
        assertThat(acts())
                .isEqualTo(
                        "source.add, target.add, store.add, source.change, target.change,"
                                + " store.change");
    }

    @Test
    void what_is_gone_is_retired_and_comes_back_when_it_is_named_again() {
        start();
        String source = configured.remove("BACKUP_SOURCE_SHOP_URL");
        String target = configured.remove("RESTORE_TARGET_STAGING_URL");
        start();
        assertThat(retired()).isEqualTo("true true");

        configured.put("BACKUP_SOURCE_SHOP_URL", source);
        configured.put("RESTORE_TARGET_STAGING_URL", target);
        start();

        assertThat(retired()).isEqualTo("false false");
        assertThat(acts())
                .isEqualTo(
                        "source.add, target.add, store.add, source.retire, target.retire,"
                                + " source.change, target.change");
    }

    private String lastDetail() {
        return catalog.query("SELECT detail FROM audit_log ORDER BY seq DESC LIMIT 1");
    }

    private String day() {
        return catalog.query(
                "SELECT coalesce(keys_end_on::text, '-') FROM stores WHERE name = 's3'");
    }

    @Test
    void the_day_on_which_a_buckets_key_ends_is_entered_followed_and_forgotten() {
        configured.putAll(
                Map.of(
                        "S3_ENDPOINT", "https://s3.example",
                        "S3_BUCKET", "vault",
                        "S3_ACCESS_KEY_ID", "AKIA1",
                        "S3_SECRET_ACCESS_KEY", "canary-3",
                        "S3_KEY_EXPIRES_ON", "2027-03-31"));
        start();
        assertThat(day()).isEqualTo("2027-03-31");
        assertThat(lastDetail()).contains("\"accessKeyId\":\"AKIA1\"", "\"endOn\":\"2027-03-31\"");

        configured.put("S3_KEY_EXPIRES_ON", "2028-02-29");
        configured.put("S3_ACCESS_KEY_ID", "AKIA2");
        start();
        assertThat(day()).isEqualTo("2028-02-29");
        assertThat(lastDetail())
                .contains(
                        "\"accessKeyId\":\"AKIA2\"",
                        "\"accessKeyIdBefore\":\"AKIA1\"",
                        "\"endOn\":\"2028-02-29\"",
                        "\"endOnBefore\":\"2027-03-31\"");

        configured.remove("S3_KEY_EXPIRES_ON");
        start();
        start();
        assertThat(day()).isEqualTo("-");
        assertThat(lastDetail())
                .contains("\"endOn\":\"not known\"", "\"endOnBefore\":\"2028-02-29\"")
                .doesNotContain("canary");
        assertThat(acts())
                .isEqualTo(
                        "source.add, target.add, store.add, store.add, store.change,"
                                + " store.change");
    }

    @Test
    void what_was_set_up_in_the_console_is_left_alone() {
        try (OutsideAServer.Session session = catalog.session()) {
            session.within(
                    () ->
                            session.with(new CatalogSources())
                                    .add(new Source("crm", Origin.CATALOG, "x", "sealed")));
        }

        start();

        assertThat(catalog.query("SELECT retired FROM sources WHERE name = 'crm'")).isEqualTo("f");
    }

    @Test
    void a_name_that_the_console_gave_stops_the_start_and_changes_nothing() {
        try (OutsideAServer.Session session = catalog.session()) {
            session.within(
                    () ->
                            session.with(new CatalogSources())
                                    .add(new Source("shop", Origin.CATALOG, "x", "sealed")));
        }

        assertThatThrownBy(this::start)
                .hasMessage(
                        "The configuration names source \"shop\", but one of that name was set up in"
                                + " the console. Rename the one that BACKUP_SOURCE_<NAME>_URL gives,"
                                + " or remove it.");
        assertThat(catalog.query("SELECT count(*) FROM audit_log")).isEqualTo("0");
        assertThat(catalog.query("SELECT origin FROM sources")).isEqualTo("CATALOG");
    }

    private void start() {
        try (OutsideAServer.Session session = catalog.session()) {
            ConfiguredPlaces places = session.with(new ConfiguredPlaces());
            set(places, "settings", Settings.read(configured));
            set(places, "sources", session.with(new CatalogSources()));
            set(places, "targets", session.with(new CatalogTargets()));
            set(places, "stores", session.with(new CatalogStores()));
            set(places, "audit", session.with(new CatalogAudit()));
            session.within(places::follow);
        }
    }

    private String acts() {
        return catalog.query("SELECT string_agg(action, ', ' ORDER BY seq) FROM audit_log");
    }

    private String retired() {
        return catalog.query(
                "SELECT (SELECT retired FROM sources)::text || ' ' || (SELECT retired FROM targets)");
    }

    private static void set(Object bean, String name, Object value) {
        try {
            Field field = bean.getClass().getDeclaredField(name);
            field.setAccessible(true);
            field.set(bean, value);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
