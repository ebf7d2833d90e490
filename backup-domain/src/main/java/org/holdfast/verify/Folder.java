package org.holdfast.verify;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of one drill: its record is what the chain seals, each of its revisions was signed when
 * it was sealed, and nobody signed the own drill.
 */
final class Folder {
    private static final String TYPE = "application/vnd.holdfast.drill-record+json";

    private final Contents contents;
    private final String prefix;
    private final Keys keys;

    /**
     * @param prefix empty, or the folder's name with a slash at its end
     */
    Folder(Contents contents, String prefix, Keys keys) {
        this.contents = contents;
        this.prefix = prefix;
        this.keys = keys;
    }

    /** The record, once it was found to be what the chain says of it. */
    Map<String, Object> verified(String drill, TreeMap<Long, String> sealed)
            throws IOException, Unproved, Envelope.OtherKey {
        String record = prefix + "drill.json";
        if (sealed.isEmpty() || !contents.sha256(record).equals(sealed.lastEntry().getValue())) {
            throw new Unproved(record + " is not the record that the chain's last link seals.");
        }
        for (Map.Entry<Long, String> link : sealed.entrySet()) {
            revision(drill, link.getKey(), link.getValue());
        }
        Map<String, Object> read = contents.object(record);
        people(read, sealed);
        return read;
    }

    /** Maybe by an earlier key. */
    private void revision(String drill, long seq, String sha256)
            throws IOException, Unproved, Envelope.OtherKey {
        String name = prefix + String.format(Locale.ROOT, "revisions/%08d", seq);
        if (!contents.has(name + ".json") || !contents.has(name + ".dsse.json")) {
            throw new Unproved(name + " is missing.");
        }
        if (!contents.sha256(name + ".json").equals(sha256)) {
            throw new Unproved(name + ".json is not what its link of the chain seals.");
        }
        Map<String, Object> signed =
                Envelope.open(name + ".dsse.json", contents.line(name + ".dsse.json"), TYPE, keys);
        if (Json.number(signed, "seq") != seq
                || !Json.text(signed, "drill").equals(drill)
                || !Json.text(signed, "sha256").equals(sha256)) {
            throw new Unproved(name + ".dsse.json speaks of another link.");
        }
    }

    /** Whoever signed saw one of the revisions, and neither asked for the drill nor ran it. */
    private void people(Map<String, Object> record, TreeMap<Long, String> sealed) throws Unproved {
        Map<String, Object> people = Json.child(record, "people");
        for (Map<String, Object> word : Json.objects(people, "signOffs")) {
            String by = Json.text(word, "by");
            if (by.equals(Json.text(people, "requestedBy"))
                    || by.equals(Json.text(people, "executor"))) {
                throw new Unproved(by + " signed the own drill.");
            }
            if (!sealed.containsValue(Json.text(word, "recordSha256"))) {
                throw new Unproved(
                        "The record that " + by + " signed is none of the drill's revisions.");
            }
        }
    }
}
