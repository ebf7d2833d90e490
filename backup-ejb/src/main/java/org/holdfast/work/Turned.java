package org.holdfast.work;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.holdfast.domain.shared.BlockInput;
import org.holdfast.engine.ChildProcess;
import org.holdfast.pipeline.CountingInput;

/**
 * What a child makes of the content that it is fed. Where the content breaks, or the child does, so
 * does this: it never ends as if that were all.
 */
final class Turned extends BlockInput {
    private final ChildProcess child;
    private final CompletableFuture<Void> broken = new CompletableFuture<>();
    private final CompletableFuture<Void> fed = new CompletableFuture<>();

    /**
     * @param executor feeds the child
     */
    Turned(ChildProcess child, InputStream content, Executor executor) {
        this.child = child;
        executor.execute(() -> feed(content));
    }

    private void feed(InputStream content) {
        try {
            child.feed(new Watched(content));
            fed.complete(null);
        } catch (Throwable e) {
            fed.completeExceptionally(e);
            child.kill();
        }
    }

    /** Notes why the content broke before the child is ended for it. */
    private final class Watched extends CountingInput {
        Watched(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] b, int offset, int length) throws IOException {
            try {
                return super.read(b, offset, length);
            } catch (IOException | RuntimeException | Error e) {
                broken.completeExceptionally(e);
                throw e;
            }
        }
    }

    /**
     * @throws IOException what reading the content threw, or {@link
     *     org.holdfast.engine.ChildFailed}
     */
    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count;
        try {
            count = child.stream().read(bytes, offset, length);
        } catch (IOException e) {
            requireUnbroken();
            if (fed.isDone()) {
                // the child was ended for what feeding it met
                Toolbox.await(fed);
            }
            throw e;
        }
        if (count < 0) {
            requireUnbroken();
            child.requireSuccess();
            Toolbox.await(fed);
        }
        return count;
    }

    private void requireUnbroken() throws IOException {
        if (broken.isDone()) {
            Toolbox.await(broken);
        }
    }

    @Override
    public void close() throws IOException {
        child.stream().close();
    }
}
