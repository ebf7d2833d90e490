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
    private static final int WAITING = 200;

    @Inject private Approvals approvals;

    private String cursor;
    private transient List<Row> waiting;
    private transient List<Row> mine;
    private transient Page<Row> decided;

    public void load() {
        waiting = approvals.page(Box.WAITING_FOR_ME, Optional.empty(), WAITING).items();
        mine = approvals.page(Box.ASKED_BY_ME, Optional.empty(), WAITING).items();
        decided = approvals.page(Box.DECIDED, Optional.ofNullable(cursor), PAGE);
    }

    /** Where a row is read and decided on. */
    public String outcome(Row row) {
        return row.kind() == Kind.RESTORE
                ? "/console/restores/detail"
                : "/console/approvals/detail";
    }

    public List<Row> getWaiting() {
        return waiting;
    }

    public List<Row> getMine() {
        return mine;
    }

    public List<Row> getDecided() {
        return decided.items();
    }

    public Optional<String> getNext() {
        return decided.next();
    }

    public String getCursor() {
        return cursor;
    }

    public void setCursor(String cursor) {
        this.cursor = cursor;
    }
}
