package org.holdfast.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.holdfast.domain.audit.Anchors;
import org.holdfast.domain.audit.AuditEntry;
import org.holdfast.domain.audit.AuditFilter;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.storage.StorageLocation;

/** The audit log and what is known of its heads, in memory; filters by actor only. */
public final class AuditInMemory implements AuditLog, Anchors {
    private final UUID catalog = UUID.randomUUID();
    private final List<StorageLocation> stores;
    private final List<AuditEntry> entries = new ArrayList<>();
    private final Map<UUID, Anchor> anchors = new TreeMap<>();
    private boolean due = true;

    public AuditInMemory(StorageLocation... stores) {
        this.stores = List.of(stores);
    }

    @Override
    public void append(String actor, String action, String subject, Map<String, ?> detail) {
        enter(actor, action, subject, detail.isEmpty() ? "{}" : "{\"n\":" + detail.size() + "}");
    }

    public void enter(String actor, String action, String subject, String detail) {
        entries.add(
                new AuditEntry(
                        entries.size() + 1L,
                        Instant.parse("2026-11-21T12:00:00.5Z").plusSeconds(entries.size()),
                        actor,
                        action,
                        subject,
                        detail,
                        head().hash()));
    }

    /** Cuts the log off, as whoever owns the catalog can. */
    public void cutTo(int count) {
        entries.subList(count, entries.size()).clear();
    }

    @Override
    public List<AuditEntry> newest(AuditFilter filter, Optional<Long> before, int max) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<AuditEntry> following(AuditFilter filter, long after, long last, int max) {
        return entries.stream()
                .filter(e -> e.seq() > after && e.seq() <= last)
                .filter(e -> filter.actor().map(e.actor()::equals).orElse(true))
                .limit(max)
                .toList();
    }

    @Override
    public List<String> actors() {
        return List.of();
    }

    @Override
    public List<String> actions() {
        return List.of();
    }

    @Override
    public Head head() {
        return entries.isEmpty()
                ? new Head(0, AuditEntry.GENESIS)
                : new Head(entries.size(), entries.get(entries.size() - 1).hash());
    }

    @Override
    public Optional<String> hashAt(long seq) {
        return seq > entries.size()
                ? Optional.empty()
                : Optional.of(entries.get((int) seq - 1).hash());
    }

    @Override
    public ChainStatus verify() {
        return new ChainStatus(entries.size(), Optional.empty());
    }

    // --- anchors -----------------------------------------------------------------------------

    @Override
    public UUID catalog() {
        return catalog;
    }

    /** Once for each {@link #due()}. */
    @Override
    public boolean claim(Duration every) {
        boolean mine = due;
        due = false;
        return mine;
    }

    public void due() {
        due = true;
    }

    @Override
    public List<Anchor> all() {
        return stores.stream()
                .map(
                        s ->
                                anchors.getOrDefault(
                                        s.id(),
                                        new Anchor(
                                                s.id(), s.name(), null, 0, null, null, null, null,
                                                null)))
                .toList();
    }

    public Anchor anchor(String store) {
        return all().stream().filter(a -> a.store().equals(store)).findFirst().orElseThrow();
    }

    private String name(UUID id) {
        return stores.stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow().name();
    }

    @Override
    public void seen(UUID storeId, Optional<Seen> newest, String mismatch) {
        anchors.put(
                storeId,
                new Anchor(
                        storeId,
                        name(storeId),
                        newest.map(Seen::key).orElse(null),
                        newest.map(Seen::entries).orElse(0L),
                        newest.map(Seen::hash).orElse(null),
                        newest.map(Seen::at).orElse(null),
                        Instant.EPOCH,
                        null,
                        mismatch));
    }

    @Override
    public void failed(UUID storeId, String failure) {
        Anchor before =
                all().stream().filter(a -> a.storeId().equals(storeId)).findFirst().orElseThrow();
        anchors.put(
                storeId,
                new Anchor(
                        storeId,
                        before.store(),
                        before.key(),
                        before.entries(),
                        before.hash(),
                        before.at(),
                        before.lookedAt(),
                        failure,
                        before.mismatch()));
    }
}
