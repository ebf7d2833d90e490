package org.holdfast.verify;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Evidence of a drill: a zip, or the directory that it was unpacked into. Every file is named with
 * its SHA-256 in the signed statement; no file may be missing and none be there beside. A zip is
 * also made again from what it holds: two programs that read one zip differently find nothing to
 * differ about.
 */
final class Bundle {
    static final String STATEMENT = "drill.dsse.json";
    private static final String TYPE = "application/vnd.holdfast.drill-evidence+json";
    private static final String LINK_TYPE = "application/vnd.holdfast.drill-record+json";
    private static final String GENESIS = "0".repeat(64);
    private static final LocalDateTime NO_TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

    private final Map<String, byte[]> files;
    private final boolean ordered;
    private final Keys keys;

    private Bundle(Map<String, byte[]> files, boolean ordered, Keys keys) {
        this.files = files;
        this.ordered = ordered;
        this.keys = keys;
    }

    /** Gives the sentences of what was proved. */
    static List<String> verify(Path given, Keys keys)
            throws IOException, Unproved, Envelope.OtherKey {
        return Files.isDirectory(given)
                ? new Bundle(directory(given), false, keys).verified()
                : new Bundle(zip(given), true, keys).verified();
    }

    private static Map<String, byte[]> directory(Path given) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(given)) {
            for (Path file : all.filter(f -> !Files.isDirectory(f)).toList()) {
                files.put(
                        given.relativize(file).toString().replace('\\', '/'),
                        Files.readAllBytes(file));
            }
        }
        return files;
    }

    private static Map<String, byte[]> zip(Path given) throws IOException, Unproved {
        byte[] whole = Files.readAllBytes(given);
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(given.toFile())) {
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (entry.getMethod() != ZipEntry.STORED
                        || files.put(entry.getName(), zip.getInputStream(entry).readAllBytes())
                                != null) {
                    throw packedAnew();
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new Unproved("The zip is broken: it was cut off or changed.");
        }
        if (!Arrays.equals(whole, packed(files))) {
            throw packedAnew();
        }
        return files;
    }

    private static Unproved packedAnew() {
        return new Unproved(
                "The zip is not the one that Holdfast wrote: it was changed or packed anew. If you"
                        + " packed it yourself, unpack it and give the directory.");
    }

    private static byte[] packed(Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                CRC32 crc = new CRC32();
                crc.update(file.getValue());
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(NO_TIME);
                entry.setSize(file.getValue().length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(file.getValue());
                zip.closeEntry();
            }
        }
        return out.toByteArray();
    }

    private List<String> verified() throws Unproved, Envelope.OtherKey {
        if (!files.containsKey(STATEMENT)) {
            throw new Unproved(
                    "There is no "
                            + STATEMENT
                            + ": this is no evidence of a drill, or it was cut off.");
        }
        Map<String, Object> statement = Envelope.open("The statement", line(STATEMENT), TYPE, keys);
        if (!Json.text(statement, "kind").equals("holdfast-drill-evidence/1")) {
            throw new Unproved("The statement is of a form that this verifier does not know.");
        }
        hashes(statement);
        String drill = Json.text(statement, "drill");
        Map<Long, String> mine = chain(statement, drill);
        revisions(drill, mine);
        people(mine);
        List<String> said = new ArrayList<>();
        said.add(
                "Drill "
                        + Json.text(statement, "number")
                        + ": all "
                        + files.size()
                        + " files are as they were signed; its record was sealed at "
                        + Json.text(statement, "at")
                        + ".");
        said.add(
                "It is link "
                        + Json.number(statement, "chainEntries")
                        + " of the chain over all drills, which is whole from the first on.");
        said.addAll(outcome());
        return said;
    }

    private String line(String name) throws Unproved {
        String text = Envelope.utf8(name, files.get(name));
        if (!text.endsWith("\n")) {
            throw new Unproved(name + " was cut off.");
        }
        return text.substring(0, text.length() - 1);
    }

    private Map<String, Object> object(String name) throws Unproved {
        if (!files.containsKey(name)) {
            throw new Unproved("There is no " + name + ".");
        }
        return Json.object(Envelope.utf8(name, files.get(name)), name);
    }

    private void hashes(Map<String, Object> statement) throws Unproved {
        List<String> order = new ArrayList<>();
        Set<String> unnamed = new TreeSet<>(files.keySet());
        unnamed.remove(STATEMENT);
        for (Map<String, Object> file : Json.objects(statement, "files")) {
            String name = Json.text(file, "name");
            order.add(name);
            if (!unnamed.remove(name)) {
                throw new Unproved(name + " is missing.");
            }
            if (!Keys.sha256(files.get(name)).equals(Json.text(file, "sha256"))) {
                throw new Unproved(name + " was changed.");
            }
        }
        if (!unnamed.isEmpty()) {
            throw new Unproved(
                    String.join(", ", unnamed) + " is not part of what was signed: it was added.");
        }
        order.add(STATEMENT);
        if (ordered && !order.equals(new ArrayList<>(files.keySet()))) {
            throw packedAnew();
        }
    }

    /** The record hashes of this drill by the number of their link. */
    private Map<Long, String> chain(Map<String, Object> statement, String drill) throws Unproved {
        Map<Long, String> mine = new TreeMap<>();
        String before = GENESIS;
        long last = 0;
        for (Map<String, Object> link : Json.objects(object("chain.json"), "entries")) {
            long seq = Json.number(link, "seq");
            String sha256 = Json.text(link, "sha256");
            String hash = hash(link, seq, before);
            if (seq != last + 1
                    || !Json.text(link, "previous").equals(before)
                    || !Json.text(link, "hash").equals(hash)) {
                throw new Unproved("The chain over drills is broken at link " + (last + 1) + ".");
            }
            if (Json.text(link, "drill").equals(drill)) {
                mine.put(seq, sha256);
            }
            before = hash;
            last = seq;
        }
        if (last != Json.number(statement, "chainEntries")
                || !before.equals(Json.text(statement, "chainHash"))
                || !mine.containsKey(last)) {
            throw new Unproved("The chain over drills does not end with this record.");
        }
        String record = Keys.sha256(files.getOrDefault("drill.json", new byte[0]));
        if (!mine.get(last).equals(record) || !Json.text(statement, "record").equals(record)) {
            throw new Unproved("drill.json is not the record that the chain's last link seals.");
        }
        return mine;
    }

    private static String hash(Map<String, Object> link, long seq, String before) throws Unproved {
        return AuditFile.fields(
                before,
                Long.toString(seq),
                Json.text(link, "drill"),
                Json.text(link, "at"),
                Json.text(link, "sha256"));
    }

    /** Each state of the record was signed when it was sealed, maybe by an earlier key. */
    private void revisions(String drill, Map<Long, String> mine)
            throws Unproved, Envelope.OtherKey {
        for (Map.Entry<Long, String> link : mine.entrySet()) {
            String name = String.format(Locale.ROOT, "revisions/%08d", link.getKey());
            if (!files.containsKey(name + ".json") || !files.containsKey(name + ".dsse.json")) {
                throw new Unproved(name + " is missing.");
            }
            if (!Keys.sha256(files.get(name + ".json")).equals(link.getValue())) {
                throw new Unproved(name + ".json is not what its link of the chain seals.");
            }
            Map<String, Object> signed =
                    Envelope.open(name + ".dsse.json", line(name + ".dsse.json"), LINK_TYPE, keys);
            if (Json.number(signed, "seq") != link.getKey()
                    || !Json.text(signed, "drill").equals(drill)
                    || !Json.text(signed, "sha256").equals(link.getValue())) {
                throw new Unproved(name + ".dsse.json speaks of another link.");
            }
        }
    }

    /** Whoever signed saw one of the revisions, and neither asked for the drill nor ran it. */
    @SuppressWarnings("unchecked")
    private void people(Map<Long, String> mine) throws Unproved {
        Map<String, Object> record = object("drill.json");
        if (!(record.get("people") instanceof Map<?, ?>)) {
            throw new Unproved("drill.json names no people.");
        }
        Map<String, Object> people = (Map<String, Object>) record.get("people");
        for (Map<String, Object> word : Json.objects(people, "signOffs")) {
            String by = Json.text(word, "by");
            if (by.equals(Json.text(people, "requestedBy"))
                    || by.equals(Json.text(people, "executor"))) {
                throw new Unproved(by + " signed the own drill.");
            }
            if (!mine.containsValue(Json.text(word, "recordSha256"))) {
                throw new Unproved(
                        "The record that " + by + " signed is none of the drill's revisions.");
            }
        }
    }

    @SuppressWarnings("unchecked")
    private List<String> outcome() throws Unproved {
        Map<String, Object> record = object("drill.json");
        List<String> said = new ArrayList<>();
        if (record.get("outcome") instanceof Map<?, ?> outcome) {
            said.add(
                    "Verdict "
                            + Json.text((Map<String, Object>) outcome, "verdict")
                            + ", now "
                            + Json.text((Map<String, Object>) outcome, "status")
                            + ".");
        }
        for (Map<String, Object> word :
                Json.objects((Map<String, Object>) record.get("people"), "signOffs")) {
            said.add(
                    (Json.text(word, "step").equals("REVIEW") ? "Review" : "Sign-off")
                            + " "
                            + Json.text(word, "decision")
                            + " by "
                            + Json.text(word, "by")
                            + " at "
                            + Json.text(word, "at")
                            + ".");
        }
        return said;
    }
}
