package org.holdfast.engine;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.holdfast.pipeline.Cancelled;

/**
 * The wish that a run ends, told by any thread. Children started and statements running under it
 * are ended at once; whoever waits for them gets {@link Cancelled}.
 */
public final class Cancel {
    private final Set<Hook> hooks = new LinkedHashSet<>();
    private String why;

    /** Runs once when the wish is told; {@link #close()} takes it back. */
    interface Hook extends AutoCloseable {
        void run();

        @Override
        void close();
    }

    /**
     * Ends what runs under this; later calls do nothing.
     *
     * @param reason one sentence, shown to people
     */
    public void now(String reason) {
        List<Hook> all;
        synchronized (this) {
            if (why != null) {
                return;
            }
            why = reason;
            all = new ArrayList<>(hooks);
            hooks.clear();
        }
        all.forEach(Hook::run);
    }

    public synchronized boolean asked() {
        return why != null;
    }

    /** Throws where the wish was told. */
    public void check() throws Cancelled {
        Cancelled cancelled = orNull();
        if (cancelled != null) {
            throw cancelled;
        }
    }

    synchronized Cancelled orNull() {
        return why == null ? null : new Cancelled(why);
    }

    /** Has {@code action} run when the wish is told, at once where it was already. */
    Hook on(Runnable action) {
        Hook hook =
                new Hook() {
                    @Override
                    public void run() {
                        action.run();
                    }

                    @Override
                    public void close() {
                        synchronized (Cancel.this) {
                            hooks.remove(this);
                        }
                    }
                };
        synchronized (this) {
            if (why == null) {
                hooks.add(hook);
                return hook;
            }
        }
        hook.run();
        return hook;
    }
}
