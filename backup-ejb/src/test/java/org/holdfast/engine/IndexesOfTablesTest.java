package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.holdfast.engine.IndexesOfTables.Belonging;
import org.holdfast.engine.IndexesOfTables.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which table an index of a dump belongs to, and whether it can be made before others. */
class IndexesOfTablesTest {
    private static final String SQL =
            """
            --
            -- Name: Order "Notes" Order "Notes"_pkey; Type: CONSTRAINT; Schema: Archive 2024; Owner: -
            --

            ALTER TABLE ONLY "Archive 2024"."Order ""Notes\"""
                ADD CONSTRAINT "Order ""Notes""_pkey" PRIMARY KEY (id);


            --
            -- Name: events_by_time; Type: INDEX; Schema: shop; Owner: -
            --

            CREATE INDEX events_by_time ON shop.events USING brin (at);


            --
            -- Name: one open.cart; Type: INDEX; Schema: shop; Owner: -
            --

            CREATE UNIQUE INDEX "one open.cart" ON shop."baskets.open" USING btree (customer) WHERE (at IS NULL);


            --
            -- Name: orders_by_customer; Type: INDEX; Schema: shop; Owner: -
            --

            CREATE INDEX orders_by_customer ON ONLY shop.orders USING btree (customer);


            --
            -- Name: by_price_now; Type: INDEX; Schema: shop; Owner: -
            --

            CREATE INDEX by_price_now ON shop.products USING btree (shop."price now"(id), lower(name));


            --
            -- Name: lines lines_product_fkey; Type: FK CONSTRAINT; Schema: shop; Owner: -
            --

            ALTER TABLE ONLY shop.lines
                ADD CONSTRAINT lines_product_fkey FOREIGN KEY (product) REFERENCES shop.products(id);
            """;

    private static final String NOTES =
            "3792; 2606 17465 CONSTRAINT Archive 2024 Order \"Notes\" Order \"Notes\"_pkey shop owner";
    private static final String EVENTS = "3786; 1259 17623 INDEX shop events_by_time shop_owner";
    private static final String CART = "3787; 1259 17624 INDEX shop one open.cart shop_owner";
    private static final String ORDERS =
            "3745; 1259 17611 INDEX shop orders_by_customer shop_owner";
    private static final String FOREIGN =
            "3827; 2606 17575 FK CONSTRAINT shop lines lines_product_fkey shop_owner";
    private static final String UNKNOWN = "3828; 1259 17576 INDEX shop never_printed shop_owner";

    /** What a dump makes beside tables: none of it is code that runs without being printed. */
    private static final List<String> CONTENTS =
            List.of(
                    "2; 3079 16387 EXTENSION - citext ",
                    "7; 2615 16400 SCHEMA - shop shop_owner",
                    "214; 1255 17001 FUNCTION shop operator(integer) shop_owner",
                    "215; 1247 17002 DOMAIN shop OPERATOR shop_owner");

    private static List<Belonging> of(String sql, String... entries) throws IOException {
        return IndexesOfTables.of(new StringReader(sql), List.of(entries), CONTENTS);
    }

    @Test
    void an_index_or_constraint_belongs_to_the_table_its_statement_names() throws IOException {
        assertThat(of(SQL, NOTES, EVENTS, CART, ORDERS, FOREIGN, UNKNOWN))
                .containsExactly(
                        new Belonging(NOTES, "Archive 2024.Order \"Notes\"", Kind.CONSTRAINT, true),
                        new Belonging(EVENTS, "shop.events", Kind.INDEX, true),
                        new Belonging(CART, "shop.baskets.open", Kind.INDEX, true),
                        new Belonging(ORDERS, "shop.orders", Kind.INDEX, true));
    }

    private static Belonging index(String statement, String... contents) throws IOException {
        return only(
                "-- Name: it; Type: INDEX; Schema: shop; Owner: -\n--\n\n" + statement + "\n",
                "9; 1259 9 INDEX shop it owner",
                contents);
    }

    private static Belonging constraint(String statement) throws IOException {
        return only(
                "-- Name: t it; Type: CONSTRAINT; Schema: shop; Owner: -\n--\n\n"
                        + statement
                        + "\n",
                "9; 2606 9 CONSTRAINT shop t it owner");
    }

    private static Belonging only(String sql, String entry, String... contents) throws IOException {
        List<Belonging> found =
                IndexesOfTables.of(
                        new StringReader(sql),
                        List.of(entry),
                        contents.length == 0 ? CONTENTS : List.of(contents));
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "btree (id)",
                "btree (id DESC NULLS LAST, lower(name)) INCLUDE (note) WITH (fillfactor='70')",
                "btree (((price * 1.5) / (2)::numeric), \"shop.f\", ((size).width))",
                "btree (name text_pattern_ops) WHERE ((kind)::text = 'shop.f(x)'::text)",
                "btree (id) WHERE (note <> 'it''s shop.f(x); \"'::text)",
                "btree (name COLLATE \"de-x-icu\") WHERE ((at >= '2024-01-01 00:00:00'::timestamp without time zone) AND active)",
                "gin (to_tsvector('shop.english'::regconfig, body))",
                "gin (body jsonb_path_ops)",
                // of an extension: the dump makes no operator class
                "gin (name public.gin_trgm_ops)",
                "gist (lower(name) \"ext 1\".gist_trgm_ops (siglen='32'), at)",
            })
    void what_runs_postgresqls_own_code_can_be_made_early(String keys) throws IOException {
        assertThat(index("CREATE INDEX it ON shop.t USING " + keys + ";"))
                .isEqualTo(
                        new Belonging("9; 1259 9 INDEX shop it owner", "shop.t", Kind.INDEX, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "btree (shop.price_now(id))",
                "btree (shop.\"price now\"(id), lower(name))",
                "btree (id) WHERE shop.known(id)",
                "btree (lower((shop.owner(id))::text))",
                "btree (((a OPERATOR(shop.@@@) b)))",
                "btree (((a OPERATOR(\"my shop\".+) b)))",
                "btree (((code)::shop.sku))",
                "btree (((code)::\"my shop\".sku)) WHERE ('it''s'::text <> note)",
                "btree (id) WHERE (code = ('x'::text)::shop.sku)",
                "btree (id) WHERE (kind = 'x'::shop.kind)",
                "btree (COALESCE(shop.f(id), 0))",
                "btree (id) WHERE (note <> 'two\n-- lines'::text) AND shop.f(id)",
            })
    void what_runs_code_of_the_users_waits_for_all_rows(String keys) throws IOException {
        assertThat(index("CREATE INDEX it ON shop.t USING " + keys + ";").early()).isFalse();
    }

    @Test
    void a_constraint_that_runs_code_of_the_users_waits_for_all_rows() throws IOException {
        String alter = "ALTER TABLE ONLY shop.t\n    ADD CONSTRAINT it ";

        assertThat(constraint(alter + "EXCLUDE USING gist (room WITH =, during WITH &&);").early())
                .isTrue();
        assertThat(constraint(alter + "UNIQUE NULLS NOT DISTINCT (a, \"b.c\");").early()).isTrue();
        assertThat(constraint(alter + "EXCLUDE USING gist (shop.area(id) WITH &&);").early())
                .isFalse();
        assertThat(constraint(alter + "EXCLUDE USING gist (area WITH OPERATOR(shop.&&));").early())
                .isFalse();
    }

    /** A type's default operator class is not printed, nor is that of a type within it. */
    @Test
    void where_the_dump_makes_an_operator_class_all_wait_for_all_rows() throws IOException {
        String own = "3; 2616 16433 OPERATOR CLASS shop sku_ops owner";

        assertThat(index("CREATE INDEX it ON shop.t USING btree (id);", own).early()).isFalse();
        assertThat(
                        only(
                                        "-- Name: t it; Type: CONSTRAINT; Schema: shop; Owner: -\n"
                                                + "ALTER TABLE ONLY shop.t\n"
                                                + "    ADD CONSTRAINT it PRIMARY KEY (id);\n",
                                        "9; 2606 9 CONSTRAINT shop t it owner",
                                        own)
                                .early())
                .isFalse();
    }

    /** Neither the function of a cast to text has its name in print nor this operator. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "3; 2605 16433 CAST - CAST (shop.sku AS text) ",
                "3; 2617 16433 OPERATOR shop = owner"
            })
    void where_the_dump_makes_a_cast_or_an_operator_expressions_wait_for_all_rows(String own)
            throws IOException {
        String on = "CREATE INDEX it ON shop.t USING ";

        assertThat(index(on + "btree (id, name DESC) INCLUDE (note);", own).early()).isTrue();
        assertThat(index(on + "btree (lower((code)::text));", own).early()).isFalse();
        assertThat(index(on + "btree (id) WHERE (a IS DISTINCT FROM b);", own).early()).isFalse();
        assertThat(index(on + "btree (id) WHERE active;", own).early()).isFalse();
    }

    @Test
    void an_index_that_alters_its_table_afterwards_is_told_apart() throws IOException {
        String make =
                "SET default_tablespace = fast;\n\nCREATE INDEX it ON shop.t USING btree (a);\n";
        String cluster = "\nALTER TABLE shop.t CLUSTER ON it;\n";
        String identity = "\nALTER TABLE ONLY shop.t REPLICA IDENTITY USING INDEX it;\n";
        String statistics = "ALTER INDEX shop.it ALTER COLUMN 1 SET STATISTICS 500;\n";

        assertThat(index(make + statistics))
                .isEqualTo(
                        new Belonging("9; 1259 9 INDEX shop it owner", "shop.t", Kind.INDEX, true));
        assertThat(index(make + cluster))
                .isEqualTo(
                        new Belonging(
                                "9; 1259 9 INDEX shop it owner", "shop.t", Kind.ALTERING, true));
        assertThat(index(make + identity).kind()).isEqualTo(Kind.IDENTITY);
        assertThat(index(make + cluster + statistics + identity).kind()).isEqualTo(Kind.IDENTITY);
        assertThat(
                        constraint(
                                        "ALTER TABLE ONLY shop.t\n    ADD CONSTRAINT it PRIMARY KEY (a);\n"
                                                + cluster)
                                .kind())
                .isEqualTo(Kind.CONSTRAINT);
    }

    @Test
    void the_end_of_the_dump_is_no_part_of_its_last_entry() throws IOException {
        assertThat(
                        index(
                                        "CREATE INDEX it ON shop.t USING btree (a);\n\n\n--\n"
                                                + "-- PostgreSQL database dump complete; it's shop.f(x)\n--\n\n"
                                                + "\\unrestrict x7A\n\n")
                                .early())
                .isTrue();
    }

    /** A comment of the user's can hold what looks like a heading, and so can a literal. */
    @Test
    void what_only_looks_like_an_entry_is_not_believed() throws IOException {
        String entry = "9; 1259 9 INDEX shop it owner";
        String heading = "-- Name: it; Type: INDEX; Schema: shop; Owner: -\n";
        String harmless = "CREATE INDEX it ON shop.u USING btree (id);\n";
        String calling = "CREATE INDEX it ON shop.t USING btree (shop.f(id));\n";

        assertThat(of(heading + harmless + heading + calling, entry)).isEmpty();
        assertThat(of(heading + calling + heading + harmless, entry)).isEmpty();
        assertThat(of(heading + harmless + heading + harmless + heading + calling, entry))
                .isEmpty();
        assertThat(
                        of(
                                heading
                                        + "CREATE INDEX it ON shop.t USING btree (id) WHERE ((a <> '\n"
                                        + "-- Name: no; Type: INDEX; Schema: shop; Owner: -\n"
                                        + "'::text) AND shop.f(id));\n",
                                entry))
                .isEmpty();
    }

    @Test
    void a_name_of_any_length_is_read() throws IOException {
        String name = "n\"\"".repeat(100_000);
        String sql =
                "-- Name: long; Type: INDEX; Schema: shop; Owner: -\n"
                        + "CREATE INDEX long ON shop.\""
                        + name
                        + "\" USING btree (id);\n";

        assertThat(of(sql, "1; 1259 2 INDEX shop long owner"))
                .extracting(Belonging::table)
                .containsExactly("shop." + name.replace("\"\"", "\""));
    }

    @Test
    void what_is_no_list_entry_belongs_nowhere() throws IOException {
        assertThat(of(SQL, "", "a b", "; 1; 2")).isEmpty();
    }
}
