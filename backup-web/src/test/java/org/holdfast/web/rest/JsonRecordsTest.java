package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import jakarta.json.stream.JsonGenerator;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.DumpFormat;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonRecordsTest {
    record Inner(int number, boolean truth) {}

    record Outer(
            UUID id,
            DumpFormat format,
            Instant at,
            Duration took,
            Optional<String> absent,
            Optional<String> present,
            OptionalLong noSize,
            OptionalLong size,
            String nothing,
            List<Inner> inner,
            Map<String, Inner> named,
            JsonValue raw,
            String text) {}

    record Order(
            String name,
            int count,
            boolean sure,
            UUID id,
            Instant at,
            DumpFormat format,
            Optional<Boolean> maybe,
            List<String> words) {}

    private static String write(Record value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = Json.createGenerator(text)) {
            JsonRecords.write(out, value);
        }
        return text.toString();
    }

    private static JsonObject json(String text) {
        return Json.createReader(new StringReader(text.replace('\'', '"'))).readObject();
    }

    @Test
    void are_written_in_the_order_of_their_components_without_what_is_not_there() {
        UUID id = UUID.fromString("0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b");

        String text =
                write(
                        new Outer(
                                id,
                                DumpFormat.CUSTOM,
                                Instant.parse("2026-11-01T02:00:00.123456Z"),
                                Duration.ofMillis(61_500),
                                Optional.empty(),
                                Optional.of("here"),
                                OptionalLong.empty(),
                                OptionalLong.of(5_000_000_000L),
                                null,
                                List.of(new Inner(1, true)),
                                Map.of("a", new Inner(2, false)),
                                json("{'b':[null]}"),
                                "quote \" and \u0001"));

        assertThat(text)
                .isEqualTo(
                        "{\"id\":\"0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b\",\"format\":\"CUSTOM\","
                                + "\"at\":\"2026-11-01T02:00:00.123456Z\",\"took\":61.5,"
                                + "\"present\":\"here\",\"size\":5000000000,"
                                + "\"inner\":[{\"number\":1,\"truth\":true}],"
                                + "\"named\":{\"a\":{\"number\":2,\"truth\":false}},"
                                + "\"raw\":{\"b\":[null]},\"text\":\"quote \\\" and \\u0001\"}");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0.001", "1000, 1", "60000, 60", "1234567, 1234.567"})
    void durations_are_seconds_without_an_exponent(long millis, String seconds) {
        record Took(Duration seconds) {}
        assertThat(write(new Took(Duration.ofMillis(millis))))
                .isEqualTo("{\"seconds\":" + seconds + "}");
    }

    @Nested
    class Reading {
        private static final String GOOD =
                "{'name':'n','count':3,'sure':true,'id':'0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b',"
                        + "'at':'2026-11-01T02:00:00Z','format':'CUSTOM'}";

        @Test
        void takes_what_is_whole() {
            Order order = JsonRecords.read(Order.class, json(GOOD));

            assertThat(order)
                    .isEqualTo(
                            new Order(
                                    "n",
                                    3,
                                    true,
                                    UUID.fromString("0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b"),
                                    Instant.parse("2026-11-01T02:00:00Z"),
                                    DumpFormat.CUSTOM,
                                    Optional.empty(),
                                    List.of()));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "'name':'n'|'name':null|The body lacks the member \"name\".",
                    "'count':3|'count':3.5|The member \"count\" has to be a whole number.",
                    "'count':3|'count':'3'|The member \"count\" has to be a whole number.",
                    "'count':3|'count':99999999999|The member \"count\" has to be a whole number.",
                    "'sure':true|'sure':'true'|The member \"sure\" has to be true or false.",
                    "'id':'0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b'|'id':'1-1-1-1-1'|The member \"id\" has to be an id such as 0193b0c4-6f7a-7c1e-8a54-0d6d1f1e2a3b.",
                    "'at':'2026-11-01T02:00:00Z'|'at':'yesterday'|The member \"at\" has to be a time such as 2026-11-01T02:00:00Z.",
                    "'format':'CUSTOM'|'format':'custom'|The member \"format\" has to be one of CUSTOM, PLAIN_GZ.",
                    "'name':'n'|'name':'n','maybe':1|The member \"maybe\" has to be true or false.",
                    "'name':'n'|'name':'n','words':'w'|The member \"words\" has to be an array.",
                    "'name':'n'|'name':'n','words':[1]|The member \"words\" has to be a string."
                })
        void refuses_another_shape_by_name(String from, String to, String message) {
            assertThat(GOOD).contains(from);
            assertThatThrownBy(() -> JsonRecords.read(Order.class, json(GOOD.replace(from, to))))
                    .isInstanceOf(Refused.class)
                    .hasMessage(message)
                    .extracting(e -> ((Refused) e).code())
                    .isEqualTo("REQUEST-FIELD");
        }

        @Test
        void refuses_more_text_than_anything_needs() {
            String text = GOOD.replace("'n'", "'" + "n".repeat(4097) + "'");
            assertThatThrownBy(() -> JsonRecords.read(Order.class, json(text)))
                    .hasMessage(
                            "The member \"name\" has to be a string of at most 4096 characters.");
        }
    }
}
