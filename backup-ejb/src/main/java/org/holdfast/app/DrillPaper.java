package org.holdfast.app;

import com.lowagie.text.Chunk;
import com.lowagie.text.DocumentException;
import com.lowagie.text.Paragraph;
import com.lowagie.text.Phrase;
import com.lowagie.text.Rectangle;
import com.lowagie.text.pdf.PdfPCell;
import com.lowagie.text.pdf.PdfPTable;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.holdfast.domain.drill.DrillRecords;
import org.holdfast.domain.shared.Sha256;

/**
 * The record on paper (A4): made from the sealed document, its link of the chain and the key's
 * fingerprint, so that it says what was sealed.
 */
final class DrillPaper extends Paper {
    private final JsonObject record;
    private final DrillRecords.Link link;
    private final Sha256 key;

    private DrillPaper(JsonObject record, DrillRecords.Link link, Sha256 key) throws IOException {
        super(
                record.getJsonObject("identity").getString("number")
                        + "  ·  record "
                        + link.record().hex());
        this.record = record;
        this.link = link;
        this.key = key;
    }

    /**
     * @param key fingerprint of the signing key
     */
    static byte[] pdf(JsonObject record, DrillRecords.Link link, Sha256 key) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            new DrillPaper(record, link, key).write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (DocumentException e) {
            throw new IllegalStateException("The record could not be set as a PDF.", e);
        }
        return out.toByteArray();
    }

    private void write(ByteArrayOutputStream out) throws IOException {
        JsonObject identity = record.getJsonObject("identity");
        begin(out, "Restore drill " + identity.getString("number"));
        head(identity);
        facts(identity);
        times();
        checks();
        issues();
        checklist();
        integrity();
        signatures();
        paper.close();
    }

    // --- parts -------------------------------------------------------------------------------

    private void head(JsonObject identity) {
        JsonObject outcome = record.getJsonObject("outcome");
        String verdict = outcome.getString("verdict");
        paper.add(
                new Paragraph(
                        "Record of a restore drill"
                                + (trial() ? ", a trial that counts for nothing" : ""),
                        font(9, false, SOFT)));
        Paragraph title = new Paragraph(24);
        title.add(new Chunk(identity.getString("number") + "   ", font(20, true, INK)));
        title.add(new Chunk(sign(verdict) + word(verdict), font(20, true, colour(verdict))));
        title.setSpacingAfter(6);
        paper.add(title);
        Paragraph sentence = new Paragraph(15, sentence(), font(10.5f, false, INK));
        sentence.setSpacingAfter(2);
        paper.add(sentence);
        if (outcome.containsKey("reason")) {
            paper.add(
                    new Paragraph(
                            14, outcome.getString("reason"), font(10, false, colour(verdict))));
        }
    }

    private boolean trial() {
        return record.getJsonObject("identity").getString("trigger").equals("TRIAL");
    }

    private String sentence() {
        JsonObject source = record.getJsonObject("source");
        JsonObject target = record.getJsonObject("target");
        JsonObject timing = record.getJsonObject("timing");
        String place =
                target.getString("place").equals("THROWAWAY")
                        ? "a throw-away cluster of its own"
                        : "a database of its own on target " + target.getString("name", "?");
        String took =
                timing.containsKey("tookSeconds")
                        ? " in " + duration(timing.getJsonNumber("tookSeconds"))
                        : "";
        return "The backup of "
                + source.getString("name")
                + " with the data of "
                + time(source.getString("takenAt"))
                + (timing.containsKey("tookSeconds") ? " was restored into " : " was to go into ")
                + place
                + took
                + ". "
                + counted()
                + " Status: "
                + word(record.getJsonObject("outcome").getString("status"))
                        .toLowerCase(Locale.ENGLISH)
                + ".";
    }

    private String counted() {
        JsonObject counts = record.getJsonObject("outcome").getJsonObject("checks");
        List<String> parts = new ArrayList<>();
        for (String verdict : new String[] {"PASSED", "FAILED", "WARNED", "NOT_RUN"}) {
            if (counts.getInt(verdict) > 0) {
                parts.add(counts.getInt(verdict) + " " + word(verdict).toLowerCase(Locale.ENGLISH));
            }
        }
        return parts.isEmpty()
                ? "It did not come to its checks."
                : "Checks: " + String.join(", ", parts) + ".";
    }

    private void facts(JsonObject identity) {
        JsonObject source = record.getJsonObject("source");
        JsonObject target = record.getJsonObject("target");
        JsonObject clean = record.getJsonObject("cleanUp");
        section("What, from where, into where");
        PdfPTable table = table(22, 78);
        row(table, "Backup", source.getString("snapshotId"));
        row(table, "Data of", time(source.getString("takenAt")));
        row(
                table,
                "Chosen",
                switch (source.getString("chosen")) {
                    case "LATEST" -> "the latest";
                    case "RANDOM" ->
                            "at random, of the last " + source.getInt("windowDays") + " days";
                    default -> "by name";
                });
        row(table, "Stores", names(source.getJsonArray("stores")));
        if (source.containsKey("manifestSha256")) {
            row(
                    table,
                    "Size",
                    bytes(source.getJsonNumber("rawBytes").longValue())
                            + ", stored as "
                            + bytes(source.getJsonNumber("storedBytes").longValue())
                            + ", PostgreSQL "
                            + source.getString("serverVersion"));
            row(table, "Manifest SHA-256", source.getString("manifestSha256"));
        }
        row(
                table,
                "Restored into",
                target.getString("place").equals("THROWAWAY")
                        ? "throw-away cluster, reached by a socket only"
                        : "target " + target.getString("name", "?"));
        target.getJsonObject("facts")
                .forEach((name, value) -> row(table, "  " + spaced(name), plain(value)));
        if (clean.containsKey("destroyedAt")) {
            row(
                    table,
                    "Cleaned up",
                    time(clean.getString("destroyedAt")) + " " + clean.getString("result", ""));
        } else if (clean.containsKey("keptUntil")) {
            row(table, "Kept until", time(clean.getString("keptUntil")));
        }
        row(
                table,
                "Started by",
                switch (identity.getString("trigger")) {
                    case "SCHEDULE" -> "schedule, for " + time(identity.getString("slot", ""));
                    case "TRIAL" -> "hand, as a trial of checks; it counts for nothing";
                    case "RETEST" -> "retest of drill " + identity.getString("retestOf", "");
                    default -> "hand";
                });
        if (identity.containsKey("plan")) {
            JsonObject plan = identity.getJsonObject("plan");
            row(table, "Plan", plan.getString("name") + ", version " + plan.getInt("version"));
        }
        row(table, "Policy", identity.getString("policyVersion"));
        if (identity.containsKey("ticket")) {
            row(table, "Ticket", identity.getString("ticket"));
        }
        JsonObject people = record.getJsonObject("people");
        row(table, "Requested by", people.getString("requestedBy"));
        row(table, "Run by", people.getString("executor"));
        paper.add(table);
    }

    private void times() {
        JsonObject timing = record.getJsonObject("timing");
        section("Times");
        PdfPTable table = table(34, 22, 22, 22);
        heads(table, "", "measured", "allowed", "");
        against(table, timing, "Recovery time (RTO)", "tookSeconds", "rtoSeconds", "withinRto");
        against(
                table,
                timing,
                "Age of the data (RPO)",
                "dataAgeSeconds",
                "rpoSeconds",
                "withinRpo");
        paper.add(table);
        PdfPTable phases = table(34, 33, 33);
        heads(phases, "Phase", "began", "took");
        for (JsonObject phase : timing.getJsonArray("phases").getValuesAs(JsonObject.class)) {
            cell(phases, phase.getString("name"), INK);
            cell(phases, time(phase.getString("startedAt")), INK);
            cell(
                    phases,
                    phase.containsKey("seconds") ? duration(phase.getJsonNumber("seconds")) : "–",
                    INK);
        }
        phases.setSpacingBefore(6);
        paper.add(phases);
    }

    private void against(
            PdfPTable table,
            JsonObject timing,
            String what,
            String measured,
            String allowed,
            String within) {
        cell(table, what, INK);
        cell(
                table,
                timing.containsKey(measured) ? duration(timing.getJsonNumber(measured)) : "–",
                INK);
        cell(table, duration(timing.getJsonNumber(allowed)), INK);
        if (!timing.containsKey(within)) {
            cell(table, "not measured", SOFT);
        } else if (timing.getBoolean(within)) {
            cell(table, "✔ kept", GOOD);
        } else {
            cell(table, "✘ exceeded", BAD);
        }
    }

    private void checks() {
        JsonArray checks = record.getJsonArray("checks");
        section("Checks");
        if (checks.isEmpty()) {
            paper.add(new Paragraph("None was made.", font(9, false, SOFT)));
            return;
        }
        PdfPTable table = table(30, 28, 28, 14);
        heads(table, "Check", "expected", "found", "verdict");
        for (JsonObject check : checks.getValuesAs(JsonObject.class)) {
            String verdict = check.getString("verdict");
            cell(
                    table,
                    check.getString("name")
                            + (check.getBoolean("demanded") ? "" : " (not demanded)"),
                    INK);
            cell(table, check.getString("expected"), INK);
            cell(table, check.getString("actual"), INK);
            cell(table, sign(verdict) + word(verdict), colour(verdict));
        }
        paper.add(table);
    }

    private void issues() {
        JsonArray issues = record.getJsonArray("issues");
        section("Issues");
        if (issues.isEmpty()) {
            paper.add(new Paragraph("None was raised.", font(9, false, SOFT)));
            return;
        }
        PdfPTable table = table(38, 16, 14, 32);
        heads(table, "Issue and corrective action", "owner", "due", "state");
        for (JsonObject issue : issues.getValuesAs(JsonObject.class)) {
            cell(table, issue.getString("title") + "\n" + issue.getString("correctiveAction"), INK);
            cell(table, issue.getString("owner"), INK);
            cell(table, issue.getString("due"), INK);
            boolean open = issue.getString("status").equals("OPEN");
            cell(
                    table,
                    (open
                                    ? "open"
                                    : "closed "
                                            + time(issue.getString("closedAt"))
                                            + " by "
                                            + issue.getString("closedBy")
                                            + ": "
                                            + issue.getString("resolution"))
                            + (issue.containsKey("retestDrill")
                                    ? "\nretest: drill " + issue.getString("retestDrill")
                                    : ""),
                    open ? WARN : INK);
        }
        paper.add(table);
    }

    private void checklist() {
        JsonArray items = record.getJsonArray("checklist");
        if (items.isEmpty()) {
            return;
        }
        section("For those who sign: look at");
        for (JsonString item : items.getValuesAs(JsonString.class)) {
            paper.add(new Paragraph(14, "☐  " + item.getString(), font(9, false, INK)));
        }
    }

    private void integrity() {
        PdfPTable table = table(22, 78);
        row(table, "Record SHA-256", link.record().hex());
        row(
                table,
                "Link of the chain",
                Long.toString(link.seq()) + ", sealed " + time(link.at().toString()));
        row(table, "Hash before", link.previous());
        row(table, "Hash", link.hash());
        row(table, "Signing key", key.hex());
        paper.add(titled("Integrity", table));
        commands(
                "With the evidence and the public key these three commands check it, without Holdfast:",
                "unzip -p EVIDENCE.zip drill.json | sha256sum                   # the record");
    }

    private void signatures() {
        JsonArray said = record.getJsonObject("people").getJsonArray("signOffs");
        PdfPTable whole = new PdfPTable(1);
        whole.setWidthPercentage(100);
        whole.setKeepTogether(true);
        whole.setSpacingBefore(14);
        PdfPCell title = new PdfPCell(new Phrase("Review and sign-off", font(12, true, INK)));
        title.setBorder(Rectangle.NO_BORDER);
        title.setPaddingBottom(6);
        whole.addCell(title);
        for (JsonObject word : said.getValuesAs(JsonObject.class)) {
            boolean rejected = word.getString("decision").equals("REJECTED");
            Phrase phrase = new Phrase(13);
            phrase.add(
                    new Chunk(
                            (rejected ? "✘ " : "✔ ")
                                    + (word.getString("step").equals("REVIEW")
                                            ? "Review"
                                            : "Sign-off")
                                    + (rejected ? " rejected by " : " by ")
                                    + word.getString("by"),
                            font(10, true, rejected ? BAD : GOOD)));
            phrase.add(
                    new Chunk(
                            ", "
                                    + time(word.getString("at"))
                                    + ", with a one-time code\n"
                                    + (word.getString("comment").isEmpty()
                                            ? ""
                                            : "“" + word.getString("comment") + "”\n")
                                    + "of the record "
                                    + word.getString("recordSha256"),
                            font(8.5f, false, INK)));
            whole.addCell(box(phrase));
        }
        if (trial()) {
            whole.addCell(box(new Phrase(13, "A trial is not signed.", font(8.5f, false, SOFT))));
        } else if (!record.getJsonObject("outcome").getString("status").equals("SIGNED_OFF")) {
            Phrase open =
                    new Phrase(
                            13,
                            "Not signed off yet: it waits for a person who neither asked for the drill nor ran it.\n\n\n"
                                    + "Name ______________________________    Date ________________    Signature ______________________________",
                            font(8.5f, false, SOFT));
            whole.addCell(box(open));
        }
        paper.add(whole);
    }
}
