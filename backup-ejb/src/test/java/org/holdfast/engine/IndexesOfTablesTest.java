package org.holdfast.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which table an index of a dump belongs to. */
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
            -- Name: products products_never; Type: CONSTRAINT; Schema: shop; Owner: -
            --

            ALTER TABLE ONLY shop.products
                ADD CONSTRAINT products_never EXCLUDE USING gist (shop.area(id) WITH &&);


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
    private static final String CALLING = "3829; 1259 17577 INDEX shop by_price_now shop_owner";
    private static final String EXCLUDING =
            "3830; 2606 17578 CONSTRAINT shop products products_never shop_owner";
    private static final String FOREIGN =
            "3827; 2606 17575 FK CONSTRAINT shop lines lines_product_fkey shop_owner";
    private static final String UNKNOWN = "3828; 1259 17576 INDEX shop never_printed shop_owner";

    @Test
    void an_index_or_constraint_belongs_to_the_table_its_statement_names() throws IOException {
        assertThat(
                        IndexesOfTables.of(
                                new StringReader(SQL),
                                List.of(NOTES, EVENTS, CART, ORDERS, FOREIGN, UNKNOWN)))
                .isEqualTo(
                        Map.of(
                                "Archive 2024.Order \"Notes\"",
                                List.of(NOTES),
                                "shop.events",
                                List.of(EVENTS),
                                "shop.baskets.open",
                                List.of(CART),
                                "shop.orders",
                                List.of(ORDERS)));
    }

    @Test
    void what_calls_a_function_of_the_users_waits_for_all_rows() throws IOException {
        assertThat(IndexesOfTables.of(new StringReader(SQL), List.of(CALLING, EXCLUDING)))
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

        assertThat(
                        IndexesOfTables.of(
                                new StringReader(sql), List.of("1; 1259 2 INDEX shop long owner")))
                .containsOnlyKeys("shop." + name.replace("\"\"", "\""));
    }

    @Test
    void what_is_no_list_entry_belongs_nowhere() throws IOException {
        assertThat(IndexesOfTables.of(new StringReader(SQL), List.of("", "a b", "; 1; 2")))
                .isEmpty();
    }
}
