package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import org.holdfast.testing.Halts;
import org.holdfast.testing.Installation;
import org.holdfast.testing.RestClient;
import org.holdfast.testing.RunningHoldfast;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Fault 10 on the whole product: the way to the source breaks while it is dumped. */
@ExtendWith(RunningHoldfast.Faulty.class)
class LostSourceIT {
    private RunningHoldfast holdfast;
    private Installation around;

    @BeforeEach
    void given(RunningHoldfast running) {
        holdfast = running;
        around = running.installation();
    }

    @AfterEach
    void heal() {
        around.heal();
    }

    private RestClient guru() {
        return holdfast.guru();
    }

    @Test
    void is_told_by_its_name_and_tried_again_by_the_policy_with_nothing_left_of_the_first_try() {
        around.wayToSource().throttle(100_000);
        String id = holdfast.queue("far-shop");
        String path = "/admin/backups/" + id;
        guru().await(
                        path,
                        b ->
                                b.getString("phase", "").equals("dump")
                                        && !around.inStores(id).isEmpty());
        try (Halts.Halt second = holdfast.halts().at("dump")) {
            around.wayToSource().reset();
            around.heal();
            second.awaitReached();

            assertThat(around.inStores(id)).isEmpty();
            JsonObject again = guru().get(path).require(200).json();
            assertThat(again.getInt("attempt")).isEqualTo(2);
            assertThat(again.getJsonObject("failure").getString("code")).isEqualTo("SOURCE_LOST");
        }

        JsonObject saved = guru().await(path, "VERIFIED");
        assertThat(saved.getInt("attempt")).isEqualTo(2);
        assertThat(saved.getJsonArray("stores"))
                .extracting(JsonValue::asJsonObject)
                .extracting(copy -> copy.getString("status"))
                .containsExactly("VERIFIED", "VERIFIED");
        assertThat(around.inStores(id).stream().filter(name -> name.endsWith("/manifest.json")))
                .hasSize(2);
    }
}
