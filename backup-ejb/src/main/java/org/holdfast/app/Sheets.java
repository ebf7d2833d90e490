package org.holdfast.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/** Tables for spreadsheet programs. */
final class Sheets {
    private static final int ROWS_OF_A_SHEET = 1_000_000;
    private static final int FLUSH = 500;

    /** What a cell of XLSX takes. */
    private static final int LONGEST = 32_767;

    private Sheets() {}

    /** Gives the rows one by one. */
    interface Rows {
        void each(AuditExport.Each<String[]> taker) throws IOException;
    }

    /**
     * A spreadsheet program takes a cell that begins so for a formula, and would run what somebody
     * chose as a name. The apostrophe makes it text.
     */
    static String cell(String text) {
        return !text.isEmpty() && "=+-@\t\r\n".indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }

    /** One line (RFC 4180), every cell quoted. */
    static byte[] csv(String[] cells) {
        StringBuilder line = new StringBuilder();
        for (String cell : cells) {
            line.append(line.length() == 0 ? "" : ",")
                    .append('"')
                    .append(cell(cell).replace("\"", "\"\""))
                    .append('"');
        }
        return line.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** XLSX; every million rows begin a sheet. The stream stays open. */
    static void write(String[] columns, Rows rows, OutputStream out) throws IOException {
        Workbook book = new Workbook(out, "Holdfast", "1.0");
        Filling filling = new Filling(book, columns);
        rows.each(filling::row);
        filling.sheet.finish();
        book.finish();
    }

    private static final class Filling {
        private final Workbook book;
        private final String[] columns;
        private Worksheet sheet;
        private int sheets;
        private int row;

        Filling(Workbook book, String[] columns) {
            this.book = book;
            this.columns = columns;
            begin();
        }

        private void begin() {
            sheets++;
            sheet = book.newWorksheet(sheets == 1 ? "Audit" : "Audit " + sheets);
            sheet.freezePane(0, 1);
            for (int i = 0; i < columns.length; i++) {
                sheet.inlineString(0, i, columns[i]);
                sheet.width(i, i == 0 ? 10 : 26);
            }
            row = 1;
        }

        void row(String[] cells) throws IOException {
            if (row > ROWS_OF_A_SHEET) {
                sheet.finish();
                begin();
            }
            for (int i = 0; i < cells.length; i++) {
                sheet.inlineString(row, i, clean(cell(cells[i])));
            }
            if (row % FLUSH == 0) {
                sheet.flush();
            }
            row++;
        }

        /** XML 1.0 has no place for other control characters. */
        private static String clean(String text) {
            String shown =
                    text.replaceAll("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]", "\ufffd");
            return shown.length() <= LONGEST ? shown : shown.substring(0, LONGEST - 1) + "…";
        }
    }
}
