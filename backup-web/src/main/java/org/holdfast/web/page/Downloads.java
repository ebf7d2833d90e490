package org.holdfast.web.page;

import jakarta.faces.context.ExternalContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.holdfast.app.Payload;
import org.omnifaces.util.Faces;

/** Files handed to the browser. */
final class Downloads {
    private Downloads() {}

    /** The signed text as it stands in the stores, byte for byte. */
    static void manifest(UUID id, String text) {
        Faces.sendFile(text.getBytes(StandardCharsets.UTF_8), "manifest-" + id + ".json", true);
    }

    /** As it comes from the store, none of it kept here. */
    static void payload(Payload payload) throws IOException {
        ExternalContext answer = Faces.getExternalContext();
        answer.setResponseContentType("application/octet-stream");
        answer.setResponseHeader("Content-Length", Long.toString(payload.bytes()));
        answer.setResponseHeader(
                "Content-Disposition", "attachment; filename=\"" + payload.name() + "\"");
        payload.writeTo(answer.getResponseOutputStream());
        Faces.responseComplete();
    }
}
