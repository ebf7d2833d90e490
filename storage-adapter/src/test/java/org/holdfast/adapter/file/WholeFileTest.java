package org.holdfast.adapter.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class WholeFileTest {
    /** Of a share that dies once a file of it is open. */
    private static final class Dead implements SeekableByteChannel {
        private boolean open = true;

        @Override
        public long size() throws IOException {
            throw new IOException("Stale file handle");
        }

        @Override
        public int read(ByteBuffer to) {
            throw new AssertionError("Its size is asked for first.");
        }

        @Override
        public int write(ByteBuffer from) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        public SeekableByteChannel position(long at) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SeekableByteChannel truncate(long size) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }

    @Test
    void a_file_whose_size_is_not_told_is_closed() {
        Dead channel = new Dead();
        Trouble trouble = Trouble.ofPlace("scripts", Path.of("/srv/dumps"));

        assertThatThrownBy(() -> WholeFile.of("a.dump", channel, UnaryOperator.identity(), trouble))
                .hasMessage("Stale file handle");

        assertThat(channel.isOpen()).isFalse();
    }
}
