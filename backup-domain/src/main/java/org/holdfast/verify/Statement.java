package org.holdfast.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The signed statement of evidence: it names every file with its SHA-256. No file may be missing,
 * and none be there beside.
 */
final class Statement {
    private Statement() {}

    /** What was signed, once every file was found to be as it says. */
    static Map<String, Object> of(
            Contents contents, String name, String payloadType, String kind, Keys keys)
            throws IOException, Unproved, Envelope.OtherKey {
        Map<String, Object> signed =
                Envelope.open("The statement", contents.line(name), payloadType, keys);
        if (!Json.text(signed, "kind").equals(kind)) {
            throw new Unproved("The statement is of a form that this verifier does not know.");
        }
        List<String> order = new ArrayList<>();
        Set<String> unnamed = new TreeSet<>(contents.names());
        unnamed.remove(name);
        for (Map<String, Object> file : Json.objects(signed, "files")) {
            String one = Json.text(file, "name");
            order.add(one);
            if (!unnamed.remove(one)) {
                throw new Unproved(one + " is missing.");
            }
            if (!contents.sha256(one).equals(Json.text(file, "sha256"))) {
                throw new Unproved(one + " was changed.");
            }
        }
        if (!unnamed.isEmpty()) {
            throw new Unproved(
                    String.join(", ", unnamed) + " is not part of what was signed: it was added.");
        }
        order.add(name);
        if (contents.ordered() && !order.equals(contents.names())) {
            throw Contents.packedAnew();
        }
        return signed;
    }
}
