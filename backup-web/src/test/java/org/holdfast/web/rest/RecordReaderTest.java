package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.ws.rs.core.MediaType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordReaderTest {
    record Named(String name) {}

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Record read(byte[] body) throws IOException {
        return new RecordReader()
                .readFrom(
                        (Class) Named.class,
                        Named.class,
                        new Annotation[0],
                        MediaType.APPLICATION_JSON_TYPE,
                        null,
                        new ByteArrayInputStream(body));
    }

    private static Record read(String body) throws IOException {
        return read(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_number_without_end_is_refused_and_no_error_of_the_server() {
        assertThatThrownBy(() -> read("{\"name\":" + "9".repeat(60_000) + "}"))
                .isInstanceOf(org.holdfast.domain.shared.Refused.class);
    }

    @Test
    void one_object_is_read() throws IOException {
        assertThat(read(" {\"name\": \"Zoë\"}\n")).isEqualTo(new Named("Zoë"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "[]",
                "null",
                "{\"name\":\"a\"",
                "{\"name\":\"a\"} {}",
                "{\"name\":\"a\"} x",
                "{\"name\":\"a\",\"name\":\"b\"}",
                "{'name':'a'}"
            })
    void anything_else_is_refused(String body) {
        assertThatThrownBy(() -> read(body)).hasMessage("The body is not one JSON object.");
    }

    @Test
    void what_is_not_UTF_8_is_refused() {
        assertThatThrownBy(() -> read("{\"name\":\"Zoë\"}".getBytes(StandardCharsets.ISO_8859_1)))
                .hasMessage("The body is not UTF-8.");
    }

    @Test
    void deep_nesting_is_refused_and_no_error() {
        assertThatThrownBy(() -> read("[".repeat(30_000)))
                .hasMessage("The body is not one JSON object.");
    }

    @Test
    void more_than_64_KiB_is_refused() {
        assertThatThrownBy(() -> read("{\"name\":\"" + "x".repeat(65_536) + "\"}"))
                .hasMessage("The body is larger than 64 KiB.");
    }
}
