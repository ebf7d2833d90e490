package org.holdfast.app;

import com.lowagie.text.Document;
import com.lowagie.text.Element;
import com.lowagie.text.Font;
import com.lowagie.text.FontFactory;
import com.lowagie.text.PageSize;
import com.lowagie.text.Paragraph;
import com.lowagie.text.Phrase;
import com.lowagie.text.Rectangle;
import com.lowagie.text.pdf.BaseFont;
import com.lowagie.text.pdf.PdfContentByte;
import com.lowagie.text.pdf.PdfPCell;
import com.lowagie.text.pdf.PdfPTable;
import com.lowagie.text.pdf.PdfPageEventHelper;
import com.lowagie.text.pdf.PdfTemplate;
import com.lowagie.text.pdf.PdfWriter;
import jakarta.json.JsonArray;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.awt.Color;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What papers of drills look like: A4, tables, colours, and what stands below each page. */
abstract class Paper {
    static final Color INK = new Color(0x17, 0x20, 0x26);
    static final Color SOFT = new Color(0x56, 0x63, 0x6b);
    static final Color LINE = new Color(0xc9, 0xd1, 0xd6);
    static final Color GROUND = new Color(0xf2, 0xf5, 0xf6);
    static final Color GOOD = new Color(0x1c, 0x6b, 0x36);
    static final Color BAD = new Color(0xa3, 0x1d, 0x1d);
    static final Color WARN = new Color(0x8a, 0x5a, 0x00);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);
    private static final int LONGEST = 1500;

    private static final byte[] REGULAR = font("DejaVuSansCondensed.ttf");
    private static final byte[] BOLD = font("DejaVuSansCondensed-Bold.ttf");

    final Document paper = new Document(PageSize.A4, 48, 48, 48, 56);

    private final String foot;
    private final BaseFont regular;
    private final BaseFont bold;

    /**
     * @param foot what stands below each page
     */
    Paper(String foot) throws IOException {
        this.foot = foot;
        this.regular = base("DejaVuSansCondensed.ttf", REGULAR);
        this.bold = base("DejaVuSansCondensed-Bold.ttf", BOLD);
    }

    final void begin(OutputStream out, String title) {
        PdfWriter writer = PdfWriter.getInstance(paper, out);
        writer.setPageEvent(new Foot());
        paper.addTitle(title);
        paper.addCreator("Holdfast");
        paper.open();
    }

    private static byte[] font(String name) {
        try (InputStream in = Paper.class.getResourceAsStream("fonts/" + name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BaseFont base(String name, byte[] bytes) throws IOException {
        return BaseFont.createFont(name, BaseFont.IDENTITY_H, BaseFont.EMBEDDED, true, bytes, null);
    }

    final void section(String title) {
        Paragraph heading = new Paragraph(16, title, font(12, true, INK));
        heading.setSpacingBefore(12);
        heading.setSpacingAfter(4);
        paper.add(heading);
    }

    /** A table with its heading, on one page. */
    final PdfPTable titled(String title, PdfPTable table) {
        PdfPTable whole = new PdfPTable(1);
        whole.setWidthPercentage(100);
        whole.setKeepTogether(true);
        whole.setSpacingBefore(12);
        PdfPCell heading = new PdfPCell(new Phrase(title, font(12, true, INK)));
        heading.setBorder(Rectangle.NO_BORDER);
        heading.setPadding(0);
        heading.setPaddingBottom(6);
        whole.addCell(heading);
        PdfPCell content = new PdfPCell(table);
        content.setBorder(Rectangle.NO_BORDER);
        content.setPadding(0);
        whole.addCell(content);
        return whole;
    }

    /**
     * How to check the evidence that the paper lies in, command by command.
     *
     * @param lead what they are for
     * @param hashing the command that hashes what the paper was made from
     */
    final void commands(String lead, String hashing) {
        Paragraph how = new Paragraph(13, lead, font(9, false, SOFT));
        how.setSpacingBefore(6);
        paper.add(how);
        Font mono = FontFactory.getFont(FontFactory.COURIER, 8, INK);
        for (String command :
                new String[] {
                    "openssl pkey -pubin -in signing.pub -outform DER | sha256sum   # the signing key",
                    hashing,
                    "java -jar holdfast-verify.jar EVIDENCE.zip --key signing.pub   # everything"
                }) {
            paper.add(new Paragraph(11, command, mono));
        }
    }

    static PdfPTable table(float... widths) {
        PdfPTable table = new PdfPTable(widths);
        table.setWidthPercentage(100);
        table.setSplitLate(false);
        return table;
    }

    final void heads(PdfPTable table, String... heads) {
        for (String head : heads) {
            PdfPCell cell = new PdfPCell(new Phrase(head, font(8, true, SOFT)));
            cell.setBackgroundColor(GROUND);
            cell.setBorder(Rectangle.BOTTOM);
            cell.setBorderColor(LINE);
            cell.setPadding(4);
            table.addCell(cell);
        }
        table.setHeaderRows(1);
    }

    final void row(PdfPTable table, String name, String value) {
        cell(table, name, SOFT);
        cell(table, value, INK);
    }

    final void cell(PdfPTable table, String text, Color colour) {
        String shown =
                text.length() > LONGEST
                        ? text.substring(0, LONGEST) + " … (the record has it whole)"
                        : text;
        PdfPCell cell = new PdfPCell(new Phrase(11.5f, shown, font(8.5f, false, colour)));
        cell.setBorder(Rectangle.BOTTOM);
        cell.setBorderColor(LINE);
        cell.setPadding(3.5f);
        cell.setPaddingLeft(4);
        table.addCell(cell);
    }

    static PdfPCell box(Phrase phrase) {
        PdfPCell cell = new PdfPCell(phrase);
        cell.setBorderColor(LINE);
        cell.setPadding(8);
        cell.setVerticalAlignment(Element.ALIGN_TOP);
        return cell;
    }

    final Font font(float size, boolean strong, Color colour) {
        return new Font(strong ? bold : regular, size, Font.NORMAL, colour);
    }

    static Color colour(String verdict) {
        return switch (verdict) {
            case "PASSED" -> GOOD;
            case "FAILED" -> BAD;
            default -> WARN;
        };
    }

    static String sign(String verdict) {
        return switch (verdict) {
            case "PASSED" -> "✔ ";
            case "FAILED" -> "✘ ";
            default -> "! ";
        };
    }

    /** {@code NOT_RUN} as {@code Not run}. */
    static String word(String constant) {
        String text = constant.replace('_', ' ').toLowerCase(Locale.ENGLISH);
        return text.substring(0, 1).toUpperCase(Locale.ENGLISH) + text.substring(1);
    }

    /** {@code systemIdentifier} as {@code system identifier}. */
    static String spaced(String name) {
        return name.replaceAll("([a-z])([A-Z])", "$1 $2").toLowerCase(Locale.ENGLISH);
    }

    static String time(String iso) {
        return iso.isEmpty() ? "" : TIME.format(Instant.parse(iso));
    }

    static String duration(JsonNumber seconds) {
        Duration took = Duration.ofMillis(Math.round(seconds.doubleValue() * 1000));
        if (took.toSeconds() < 10) {
            return String.format(Locale.ENGLISH, "%.1f s", took.toMillis() / 1000.0);
        }
        List<String> parts = new ArrayList<>();
        add(parts, took.toDays(), "d");
        add(parts, took.toHoursPart(), "h");
        add(parts, took.toMinutesPart(), "min");
        add(parts, took.toSecondsPart(), "s");
        return String.join(" ", parts);
    }

    static void add(List<String> parts, long count, String unit) {
        if (count > 0) {
            parts.add(count + " " + unit);
        }
    }

    static String bytes(long bytes) {
        String[] units = {"bytes", "KiB", "MiB", "GiB", "TiB"};
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < units.length - 1) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ENGLISH, unit == 0 ? "%.0f %s" : "%.1f %s", size, units[unit]);
    }

    static String names(JsonArray names) {
        if (names.isEmpty()) {
            return "–";
        }
        return String.join(
                ", ",
                names.getValuesAs(JsonString.class).stream().map(JsonString::getString).toList());
    }

    static String plain(JsonValue value) {
        return value instanceof JsonString text ? text.getString() : value.toString();
    }

    /** What it is, and the page, below each page. */
    private final class Foot extends PdfPageEventHelper {
        private PdfTemplate pages;

        @Override
        public void onOpenDocument(PdfWriter writer, Document document) {
            pages = writer.getDirectContent().createTemplate(30, 12);
        }

        @Override
        public void onEndPage(PdfWriter writer, Document document) {
            PdfContentByte canvas = writer.getDirectContent();
            String right = "page " + writer.getPageNumber() + " of ";
            float width = regular.getWidthPoint(right, 7);
            float edge = document.right() - 14;
            canvas.setColorFill(SOFT);
            canvas.beginText();
            canvas.setFontAndSize(regular, 7);
            canvas.showTextAligned(Element.ALIGN_LEFT, foot, document.left(), 32, 0);
            canvas.showTextAligned(Element.ALIGN_LEFT, right, edge - width, 32, 0);
            canvas.endText();
            canvas.addTemplate(pages, edge, 32);
        }

        @Override
        public void onCloseDocument(PdfWriter writer, Document document) {
            pages.setColorFill(SOFT);
            pages.beginText();
            pages.setFontAndSize(regular, 7);
            pages.setTextMatrix(0, 0);
            pages.showText(Integer.toString(writer.getPageNumber() - 1));
            pages.endText();
        }
    }
}
