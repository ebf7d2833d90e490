package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import org.holdfast.app.Approvals;
import org.holdfast.domain.people.ApprovalRecords.Box;
import org.holdfast.domain.people.ApprovalRecords.Kind;
import org.holdfast.domain.people.ApprovalRecords.Row;
import org.holdfast.domain.shared.Page;

/** What waits for a second person: for this one, asked by this one, and what was decided. */
@Named("inbox")
@ViewScoped
public class ApprovalInbox implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int PAGE = 50;

    @Inject private Approvals approvals;

    private String cursor;
    private String waitingCursor;
    private String mineCursor;
    private transient Page<Row> waiting;
    private transient Page<Row> mine;
    private transient Page<Row> decided;
    private long waitingCount;
    private long mineCount;

    public void load() {
        waiting = approvals.ending(Box.WAITING_FOR_ME, Optional.ofNullable(waitingCursor), PAGE);
        mine = approvals.ending(Box.ASKED_BY_ME, Optional.ofNullable(mineCursor), PAGE);
        decided = approvals.page(Box.DECIDED, Optional.ofNullable(cursor), PAGE);
        waitingCount = approvals.count(Box.WAITING_FOR_ME);
        mineCount = approvals.count(Box.ASKED_BY_ME);
    }

    /** Where a row is read and decided on. */
    public String outcome(Row row) {
        return row.kind() == Kind.RESTORE
                ? "/console/restores/detail"
                : "/console/approvals/detail";
    }

    public List<Row> getWaiting() {
        return waiting.items();
    }

    public List<Row> getMine() {
        return mine.items();
    }

    /** Of all pages. */
    public long getWaitingCount() {
        return waitingCount;
    }

    /** Of all pages. */
    public long getMineCount() {
        return mineCount;
    }

    /** Where the rest of what waits is; null on its last page. */
    public String getLaterWaiting() {
        return waiting.next()
                .map(next -> address(next, mineCursor, cursor) + "#waitingTitle")
                .orElse(null);
    }

    /** Where the first of it are; null where they are shown. */
    public String getFirstWaiting() {
        return waitingCursor == null ? null : address(null, mineCursor, cursor) + "#waitingTitle";
    }

    /** As of what waits. */
    public String getLaterMine() {
        return mine.next()
                .map(next -> address(waitingCursor, next, cursor) + "#mineTitle")
                .orElse(null);
    }

    /** As of what waits. */
    public String getFirstMine() {
        return mineCursor == null ? null : address(waitingCursor, null, cursor) + "#mineTitle";
    }

    private static String address(String ofWaiting, String ofMine, String ofDecided) {
        return Address.of("index.xhtml", "waiting", ofWaiting, "mine", ofMine, "after", ofDecided);
    }

    public List<Row> getDecided() {
        return decided.items();
    }

    /** Where older decisions are; null where there are none. */
    public String getOlder() {
        return decided.next()
                .map(next -> address(waitingCursor, mineCursor, next) + "#decidedTitle")
                .orElse(null);
    }

    public String getWaitingCursor() {
        return waitingCursor;
    }

    public void setWaitingCursor(String waitingCursor) {
        this.waitingCursor = waitingCursor;
    }

    public String getMineCursor() {
        return mineCursor;
    }

    public void setMineCursor(String mineCursor) {
        this.mineCursor = mineCursor;
    }

    public String getCursor() {
        return cursor;
    }

    public void setCursor(String cursor) {
        this.cursor = cursor;
    }
}
