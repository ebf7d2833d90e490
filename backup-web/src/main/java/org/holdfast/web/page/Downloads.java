package org.holdfast.web.page;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.omnifaces.util.Faces;

/** Files handed to the browser. */
final class Downloads {
    private Downloads() {}

    /** The signed text as it stands in the stores, byte for byte. */
    static void manifest(UUID id, String text) {
        Faces.sendFile(text.getBytes(StandardCharsets.UTF_8), "manifest-" + id + ".json", true);
    }
}
