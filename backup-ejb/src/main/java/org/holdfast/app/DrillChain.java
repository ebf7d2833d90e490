package org.holdfast.app;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;
import org.holdfast.domain.drill.DrillRecords;

/** The chain over all records of all drills as {@code chain.json}: hashes, no content. */
@ApplicationScoped
public class DrillChain {
    private static final int AT_ONCE = 1000;

    private DrillRecords records;

    protected DrillChain() {}

    @Inject
    public DrillChain(DrillRecords records) {
        this.records = records;
    }

    /** Every link from the first on up to and with {@code last}. */
    void each(long last, Consumer<DrillRecords.Link> take) {
        long after = 0;
        while (after < last) {
            List<DrillRecords.Link> some = records.links(after, last, AT_ONCE);
            if (some.isEmpty()) {
                return;
            }
            some.forEach(take);
            after = some.get(some.size() - 1).seq();
        }
    }

    /** The same bytes each time: what was sealed does not change. */
    void write(long last, OutputStream out) throws IOException {
        out.write(DrillFolder.utf8("{\"kind\":\"holdfast-drill-chain/1\",\"entries\":["));
        long after = 0;
        while (after < last) {
            List<DrillRecords.Link> some = records.links(after, last, AT_ONCE);
            if (some.isEmpty()) {
                break;
            }
            StringBuilder text = new StringBuilder();
            for (DrillRecords.Link link : some) {
                text.append(after == 0 ? "\n" : ",\n").append(json(link).build());
                after = link.seq();
            }
            out.write(DrillFolder.utf8(text.toString()));
        }
        out.write(DrillFolder.utf8("\n]}\n"));
    }

    /** A link as the chain and its signed envelope tell it. */
    static JsonObjectBuilder json(DrillRecords.Link link) {
        return Json.createObjectBuilder()
                .add("seq", link.seq())
                .add("drill", link.drillId().toString())
                .add("at", link.at().toString())
                .add("sha256", link.record().hex())
                .add("previous", link.previous())
                .add("hash", link.hash());
    }
}
