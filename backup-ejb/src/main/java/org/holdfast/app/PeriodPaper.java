package org.holdfast.app;

import com.lowagie.text.Chunk;
import com.lowagie.text.DocumentException;
import com.lowagie.text.Paragraph;
import com.lowagie.text.pdf.PdfPTable;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.holdfast.domain.drill.DrillVerdict;
import org.holdfast.domain.shared.Sha256;

/** The drills of a period on paper (A4): made from the index and its {@link Proof}. */
final class PeriodPaper extends Paper {
    private static final String RETIRED =
            "A retired database counts until its last backup or drill; without any it is left out.";

    private final JsonObject index;
    private final Proof proof;

    /**
     * What shows that the paper is of the evidence.
     *
     * @param index SHA-256 of {@code period.json}
     * @param link the last of the chain
     * @param hash of that link
     * @param key fingerprint of the signing key
     */
    record Proof(Sha256 index, long link, String hash, Sha256 key) {}

    private PeriodPaper(JsonObject index, Proof proof) throws IOException {
        super(
                "Restore drills "
                        + index.getJsonObject("period").getString("name")
                        + "  ·  index "
                        + proof.index().hex());
        this.index = index;
        this.proof = proof;
    }

    static byte[] pdf(JsonObject index, Proof proof) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            new PeriodPaper(index, proof).write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (DocumentException e) {
            throw new IllegalStateException("The summary could not be set as a PDF.", e);
        }
        return out.toByteArray();
    }

    private void write(ByteArrayOutputStream out) {
        JsonObject period = index.getJsonObject("period");
        begin(out, "Restore drills " + period.getString("name"));
        head(period);
        drills();
        gaps();
        issues();
        signOffs();
        apart();
        policies();
        integrity();
        paper.close();
    }

    private void head(JsonObject period) {
        JsonObject sum = index.getJsonObject("summary");
        paper.add(
                new Paragraph(
                        "Restore drills of a period, "
                                + (period.containsKey("source")
                                        ? "database " + period.getString("source")
                                        : "all databases"),
                        font(9, false, SOFT)));
        Paragraph title = new Paragraph(24);
        title.add(new Chunk(period.getString("name"), font(20, true, INK)));
        title.setSpacingAfter(6);
        paper.add(title);
        List<String> verdicts = new ArrayList<>();
        for (DrillVerdict verdict : DrillVerdict.values()) {
            if (sum.getInt(verdict.name()) > 0) {
                verdicts.add(
                        sum.getInt(verdict.name())
                                + " "
                                + word(verdict.name()).toLowerCase(Locale.ENGLISH));
            }
        }
        paper.add(
                new Paragraph(
                        15,
                        "From "
                                + time(period.getString("from"))
                                + " until "
                                + time(period.getString("until"))
                                + (period.getBoolean("unfinished")
                                        ? ", when this was made; the period is not over"
                                        : "")
                                + ": "
                                + (sum.getInt("drills") == 0
                                        ? "no drill ended"
                                        : counted(sum.getInt("drills"), "drill")
                                                + " ended, "
                                                + String.join(", ", verdicts)
                                                + "; "
                                                + sum.getInt("signedOff")
                                                + " signed off")
                                + (sum.getInt("trials") > 0
                                        ? "; besides "
                                                + counted(sum.getInt("trials"), "trial")
                                                + ", counted nowhere"
                                        : "")
                                + (sum.getInt("notEnded") > 0
                                        ? "; " + sum.getInt("notEnded") + " not ended yet"
                                        : "")
                                + ".",
                        font(10.5f, false, INK)));
        List<String> lacks = new ArrayList<>();
        add(
                lacks,
                sum.getInt("gaps"),
                "month of a database",
                "months of a database",
                " without a passed drill");
        add(lacks, sum.getInt("FAILED"), "failed drill", "failed drills", "");
        add(lacks, sum.getInt("ABORTED"), "aborted drill", "aborted drills", "");
        add(lacks, sum.getInt("PARTIAL"), "partial drill", "partial drills", "");
        add(lacks, sum.getInt("notEnded"), "drill", "drills", " not ended");
        add(lacks, sum.getInt("openIssues"), "open issue", "open issues", "");
        add(lacks, sum.getInt("rtoExceeded"), "drill", "drills", " beyond the recovery time");
        add(lacks, sum.getInt("rpoExceeded"), "drill", "drills", " with data beyond its age");
        paper.add(
                new Paragraph(
                        15,
                        lacks.isEmpty()
                                ? "No gap, no failed, aborted or partial drill, none not ended, no open"
                                        + " issue, nothing beyond its promise."
                                : "To be looked at: " + String.join(", ", lacks) + ".",
                        font(10.5f, false, lacks.isEmpty() ? GOOD : BAD)));
    }

    private static void add(List<String> to, int count, String one, String many, String what) {
        if (count > 0) {
            to.add(count + " " + (count == 1 ? one : many) + what);
        }
    }

    private static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private void drills() {
        section("Drills");
        JsonArray all = index.getJsonArray("drills");
        if (all.isEmpty()) {
            none("None ended.");
            return;
        }
        PdfPTable table = table(15, 14, 15, 14, 15, 15, 12);
        heads(table, "drill", "asked for", "database", "verdict", "RTO", "RPO", "issues");
        for (JsonObject row : all.getValuesAs(JsonObject.class)) {
            String verdict = row.getString("verdict");
            cell(
                    table,
                    row.getString("number")
                            + switch (row.getString("trigger")) {
                                case "RETEST" -> "\nretest";
                                case "TRIAL" -> "\ntrial";
                                default -> "";
                            },
                    INK);
            cell(table, day(row.getString("requestedAt")), INK);
            cell(table, row.getString("source"), INK);
            cell(table, sign(verdict) + word(verdict) + "\n" + standing(row), colour(verdict));
            against(table, row, "tookSeconds", "rtoSeconds", "withinRto");
            against(table, row, "dataAgeSeconds", "rpoSeconds", "withinRpo");
            int open = row.getInt("openIssues");
            cell(
                    table,
                    row.getInt("issues") == 0
                            ? "–"
                            : row.getInt("issues") + (open > 0 ? ", " + open + " open" : ""),
                    open > 0 ? BAD : INK);
        }
        paper.add(table);
    }

    private static String standing(JsonObject row) {
        if (row.getString("trigger").equals("TRIAL")) {
            return "counts for nothing";
        }
        return switch (row.getString("status")) {
            case "SIGNED_OFF" -> "signed off";
            case "REVIEWED" -> "reviewed";
            default -> "not signed";
        };
    }

    private void against(
            PdfPTable table, JsonObject row, String measured, String allowed, String within) {
        if (!row.containsKey(measured)) {
            cell(table, "not measured", SOFT);
            return;
        }
        boolean kept = row.getBoolean(within);
        cell(
                table,
                (kept ? "✔ " : "✘ ")
                        + duration(row.getJsonNumber(measured))
                        + "\nof "
                        + duration(row.getJsonNumber(allowed)),
                kept ? GOOD : BAD);
    }

    private void gaps() {
        section("Months without a passed drill");
        JsonArray gaps = index.getJsonArray("gaps");
        if (gaps.isEmpty()) {
            none(
                    "None: each database has a passed drill in each month in which it was in use. "
                            + RETIRED);
            return;
        }
        none(RETIRED);
        PdfPTable table = table(40, 30, 30);
        heads(table, "database", "from", "to");
        for (JsonObject gap : gaps.getValuesAs(JsonObject.class)) {
            cell(table, gap.getString("source"), INK);
            cell(table, gap.getString("from"), INK);
            cell(table, gap.getString("to"), INK);
        }
        paper.add(table);
    }

    private void issues() {
        section("Open issues");
        JsonArray issues = index.getJsonArray("openIssues");
        if (issues.isEmpty()) {
            none("None.");
            return;
        }
        PdfPTable table = table(15, 15, 42, 16, 12);
        heads(table, "drill", "database", "issue and corrective action", "owner", "due");
        for (JsonObject issue : issues.getValuesAs(JsonObject.class)) {
            cell(table, issue.getString("drill"), INK);
            cell(table, issue.getString("source"), INK);
            cell(table, issue.getString("title") + "\n" + issue.getString("correctiveAction"), INK);
            cell(table, issue.getString("owner"), INK);
            cell(table, issue.getString("due"), WARN);
        }
        paper.add(table);
    }

    private void signOffs() {
        section("Reviews and sign-offs");
        PdfPTable table = table(15, 12, 14, 16, 18, 25);
        heads(table, "drill", "step", "decision", "by", "at", "comment");
        boolean some = false;
        for (JsonObject row : index.getJsonArray("drills").getValuesAs(JsonObject.class)) {
            for (JsonObject word : row.getJsonArray("signOffs").getValuesAs(JsonObject.class)) {
                boolean rejected = word.getString("decision").equals("REJECTED");
                cell(table, row.getString("number"), INK);
                cell(table, word.getString("step").equals("REVIEW") ? "review" : "sign-off", INK);
                cell(
                        table,
                        (rejected ? "✘ " : "✔ ") + word(word.getString("decision")),
                        rejected ? BAD : GOOD);
                cell(table, word.getString("by"), INK);
                cell(table, time(word.getString("at")), INK);
                cell(table, word.getString("comment"), INK);
                some = true;
            }
        }
        if (some) {
            paper.add(table);
        } else {
            none("Nobody has reviewed or signed a drill of the period.");
        }
    }

    private void apart() {
        rows("Not ended yet", "notEnded", "status");
        rows("Sealed in the period, and not in here", "others", "why");
    }

    private void rows(String title, String name, String why) {
        JsonArray rows = index.getJsonArray(name);
        if (rows.isEmpty()) {
            return;
        }
        section(title);
        PdfPTable table = table(20, 25, 30, 25);
        heads(table, "drill", "database", "asked for", "");
        for (JsonObject row : rows.getValuesAs(JsonObject.class)) {
            cell(table, row.getString("number"), INK);
            cell(table, row.getString("source", "–"), INK);
            cell(
                    table,
                    row.containsKey("requestedAt") ? time(row.getString("requestedAt")) : "–",
                    INK);
            cell(table, word(row.getString(why)), INK);
        }
        paper.add(table);
    }

    private void policies() {
        JsonArray policies = index.getJsonArray("policies");
        if (policies.isEmpty()) {
            return;
        }
        section("Policy versions");
        PdfPTable table = table(50, 50);
        heads(table, "version in force when it was asked for", "drills");
        for (JsonObject version : policies.getValuesAs(JsonObject.class)) {
            cell(table, version.getString("version"), INK);
            cell(table, Integer.toString(version.getInt("drills")), INK);
        }
        paper.add(table);
    }

    private void integrity() {
        PdfPTable table = table(22, 78);
        row(table, "Made at", time(index.getString("madeAt")));
        row(table, "Index SHA-256", proof.index().hex());
        row(table, "Chain over drills", "to link " + proof.link());
        row(table, "Hash", proof.hash());
        row(table, "Signing key", proof.key().hex());
        paper.add(titled("Integrity", table));
        commands(
                "Each drill's record and files lie in its folder. With the evidence and the public"
                        + " key these three commands check all, without Holdfast:",
                "unzip -p EVIDENCE.zip period.json | sha256sum                  # the index");
    }

    private void none(String text) {
        paper.add(new Paragraph(text, font(9, false, SOFT)));
    }

    private static String day(String at) {
        return at.substring(0, 10);
    }
}
