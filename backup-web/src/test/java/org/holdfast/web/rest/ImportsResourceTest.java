package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.stream.JsonGenerator;
import java.io.StringWriter;
import java.util.List;
import org.holdfast.app.Imports;
import org.holdfast.domain.snapshot.ForeignDumps;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportsResourceTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_listing_says_whether_it_is_whole(boolean whole) {
        Imports.Listing listing =
                new Imports.Listing(new ForeignDumps.Place("scripts", "/dumps"), List.of(), whole);
        StringWriter text = new StringWriter();
        try (JsonGenerator out = Json.createGenerator(text)) {
            JsonRecords.write(out, ImportsResource.view(listing));
        }

        assertThat(text).hasToString("{\"items\":[],\"whole\":" + whole + "}");
    }
}
