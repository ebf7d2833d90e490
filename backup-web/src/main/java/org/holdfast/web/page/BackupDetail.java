package org.holdfast.web.page;

import jakarta.faces.view.ViewScoped;
import jakarta.inject.Inject;
import jakarta.inject.Named;
import java.io.Serializable;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.holdfast.app.Backups;
import org.holdfast.app.DrillDesk;
import org.holdfast.domain.drill.Drills;
import org.holdfast.domain.shared.Refused;
import org.holdfast.domain.snapshot.CopyReading;
import org.holdfast.domain.snapshot.Doom;
import org.holdfast.domain.snapshot.History;
import org.holdfast.domain.snapshot.Rung;
import org.holdfast.domain.snapshot.Snapshot;
import org.holdfast.domain.snapshot.SnapshotKeys;
import org.primefaces.PrimeFaces;

/** One backup: how far it is, or what it left. */
@Named("backup")
@ViewScoped
public class BackupDetail implements Serializable {
    private static final long serialVersionUID = 1L;

    @Inject private Backups backups;
    @Inject private DrillDesk drills;

    private UUID id;
    private String acceptReason;
    private transient Backups.Detail detail;
    private transient Drills.Row drill;

    public void load() {
        if (id == null) {
            throw Refused.notFound("backup", "without an id");
        }
        boolean busy = detail != null && isBusy();
        detail = backups.detail(id);
        drill =
                drills.page(Drills.Filter.ALL.ofSnapshot(id), Optional.empty(), 1).items().stream()
                        .findFirst()
                        .orElse(null);
        if (busy && !isBusy()) {
            PrimeFaces.current().ajax().update("page", "question");
        }
    }

    /** What people can do changes when this ends, so then all is drawn anew. */
    private boolean isBusy() {
        return isRunning() || isReading();
    }

    public void cancel() {
        backups.cancel(id);
        load();
    }

    /** Reads every copy back now. */
    public void verify() {
        backups.verify(id);
        load();
        Say.done(Say.of("verify_queued"), Say.of("verify_queued_means"));
    }

    /** Whether a person has to say if its size is right. */
    public boolean isInQuestion() {
        return detail.snapshot().filter(Snapshot::inQuestion).isPresent();
    }

    public void acceptShrinkage() {
        backups.acceptShrinkage(id, acceptReason);
        acceptReason = null;
        load();
        Say.done(Say.of("accept_done"), Say.of("accept_done_means"));
    }

    /** Whether there is something that could be read back. */
    public boolean isVerifiable() {
        return !isRunning()
                && !isReading()
                && detail.copies().stream().anyMatch(c -> c.copy().there());
    }

    /** Whether there is a copy that can be handed out. */
    public boolean isDownloadable() {
        return detail.copies().stream().anyMatch(c -> c.copy().readable());
    }

    /** Whether a copy is read back again, or waits for that. */
    public boolean isReading() {
        return detail.copies().stream()
                .anyMatch(c -> c.reading().filter(CopyReading::open).isPresent());
    }

    public void download() {
        Downloads.manifest(id, backups.manifest(id));
    }

    /** The newest drill of it; null where there was none. */
    public Drills.Row getDrill() {
        return drill;
    }

    public Backups.Detail getDetail() {
        return detail;
    }

    public History.Row getRow() {
        return detail.row();
    }

    public boolean isRunning() {
        return detail.row().finishedAt() == null;
    }

    public boolean isRestorable() {
        return detail.snapshot()
                .map(Snapshot::proved)
                .map(proved -> proved.restorable() || proved == Rung.UPLOADED)
                .orElse(false);
    }

    /** Why its copies are marked, each reason once. */
    public String getGoesWhy() {
        return marks().map(Doom::why).distinct().collect(Collectors.joining("; "));
    }

    /** Whether a person deleted it, and it can still be taken back. */
    public boolean isDeletedByHand() {
        return marks().anyMatch(Doom::byHand);
    }

    private Stream<Doom> marks() {
        return detail.copies().stream()
                .map(Backups.Copy::copy)
                .filter(copy -> !copy.leaving())
                .flatMap(copy -> copy.doom().stream());
    }

    public String getTools() {
        return detail.manifest().map(m -> joined(m.tools())).orElse("");
    }

    public String getExtensions() {
        return detail.manifest()
                .map(m -> m.source().extensions())
                .filter(e -> !e.isEmpty())
                .map(BackupDetail::joined)
                .orElse("none");
    }

    private static String joined(Map<String, String> versions) {
        return new TreeMap<>(versions)
                .entrySet().stream()
                        .map(e -> (e.getKey() + " " + e.getValue()).strip())
                        .collect(Collectors.joining(", "));
    }

    /** The way back without Holdfast, as RECOVER.md beside the snapshot has it, to be copied. */
    public String getRecoveryLines() {
        String place =
                detail.copies().stream()
                        .filter(c -> c.copy().readable())
                        .map(Backups.Copy::place)
                        .findFirst()
                        .orElse("<store>");
        String dump =
                detail.manifest().map(m -> m.format().objectName()).orElse("database.dump.zst.age");
        String folder = place + "/" + detail.snapshot().orElseThrow().key().value();
        return String.join(
                "\n",
                "# in a copy of " + folder,
                "openssl pkeyutl -verify -pubin -inkey trusted-public-key.pem -rawin -in "
                        + SnapshotKeys.MANIFEST
                        + " -sigfile "
                        + SnapshotKeys.SIGNATURE,
                "jq -r '.objects[] | \"\\(.sha256)  \\(.name)\"' "
                        + SnapshotKeys.MANIFEST
                        + " | sha256sum -c -",
                "bash "
                        + SnapshotKeys.RECOVER_SH
                        + " -i identity.txt -k trusted-public-key.pem --verify",
                "bash "
                        + SnapshotKeys.RECOVER_SH
                        + " -i identity.txt -k trusted-public-key.pem --into"
                        + " 'postgresql://user@host:5432/new_name' --create",
                "# the same by hand",
                dump.endsWith(".gz.age")
                        ? "age -d -i identity.txt "
                                + dump
                                + " | gunzip | psql -X -v ON_ERROR_STOP=1 -d new_name"
                        : "age -d -i identity.txt "
                                + dump
                                + " | zstd -d | pg_restore --no-owner --no-privileges --exit-on-error -d new_name");
    }

    public String getAcceptReason() {
        return acceptReason;
    }

    public void setAcceptReason(String acceptReason) {
        this.acceptReason = acceptReason;
    }

    public UUID getId() {
        return id;
    }

    public void setId(UUID id) {
        this.id = id;
    }
}
