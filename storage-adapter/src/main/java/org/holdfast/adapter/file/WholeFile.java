package org.holdfast.adapter.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.function.UnaryOperator;
import org.holdfast.domain.shared.BlockInput;
import org.holdfast.domain.storage.ObjectKey;

/** A file's bytes up to the size it had when it was opened; ending before that is a failure. */
final class WholeFile extends BlockInput {
    private final Object what;
    private final InputStream in;
    private final long size;
    private final Trouble trouble;
    private long at;

    /**
     * @param what key or file, for messages
     * @param in closed with this
     */
    WholeFile(Object what, InputStream in, long size, Trouble trouble) {
        this.what = what;
        this.in = in;
        this.size = size;
        this.trouble = trouble;
    }

    static WholeFile of(ObjectKey key, Path path, Trouble trouble) throws IOException {
        BasicFileAttributes attributes = Tree.attributes(path);
        if (!attributes.isRegularFile()) {
            throw new NoSuchFileException(path.toString());
        }
        return new WholeFile(key, Files.newInputStream(path), attributes.size(), trouble);
    }

    /**
     * @param channel closed with this, and at once where its size is not told
     * @param as how it is read
     */
    static WholeFile of(
            Object what,
            SeekableByteChannel channel,
            UnaryOperator<InputStream> as,
            Trouble trouble)
            throws IOException {
        try {
            return new WholeFile(
                    what, as.apply(Channels.newInputStream(channel)), channel.size(), trouble);
        } catch (IOException | RuntimeException e) {
            try (channel) {
                throw e;
            }
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at == size) {
            return -1;
        }
        int n;
        try {
            n = in.read(bytes, offset, (int) Math.min(length, size - at));
        } catch (IOException e) {
            throw trouble.with("read " + what + " at byte " + at, e);
        }
        if (n == -1) {
            throw trouble.ended(what, at, size);
        }
        at += n;
        return n;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, size - at);
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
