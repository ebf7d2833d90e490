package org.holdfast.pipeline;

import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.framework.stream.StandardEncryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/**
 * age v1 (C2SP age specification) to one or more X25519 recipients: each of their identities opens
 * the file, and nobody else does, the writer included. Chunks of 64 KiB, each authenticated, the
 * last one marked: a file cut anywhere is refused by every reader.
 *
 * <p>The result is the number of encrypted bytes, header included.
 */
public final class Encrypt implements Stage<Long> {
    private final List<Recipient> recipients;
    private Encrypting link;

    /**
     * @throws IllegalArgumentException no recipient: nobody could read it
     */
    public Encrypt(List<Recipient> recipients) {
        if (recipients.isEmpty()) {
            throw new IllegalArgumentException("Encryption needs at least one recipient (age1…).");
        }
        this.recipients = List.copyOf(recipients);
    }

    @Override
    public Link onto(OutputStream next) throws IOException {
        if (link != null) {
            throw new IllegalStateException("A stage serves one stream.");
        }
        link = new Encrypting(next, recipients);
        return link;
    }

    @Override
    public Long result() {
        if (link == null || !link.sealed()) {
            throw new IllegalStateException("The stream was not sealed.");
        }
        return link.into.encrypted;
    }

    private static final class Encrypting extends Link {
        private final Into into;
        private final WritableByteChannel age;

        Encrypting(OutputStream next, List<Recipient> recipients) throws IOException {
            super(next);
            into = new Into(next);
            try {
                List<RecipientStanzaWriter> writers = new ArrayList<>();
                for (Recipient recipient : recipients) {
                    writers.add(
                            X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(
                                    recipient.value()));
                }
                age = new StandardEncryptingChannelFactory().newEncryptingChannel(into, writers);
            } catch (GeneralSecurityException e) {
                throw new IOException("age could not begin to encrypt: " + e.getMessage(), e);
            }
        }

        @Override
        protected void take(byte[] bytes, int offset, int length) throws IOException {
            age.write(ByteBuffer.wrap(bytes, offset, length));
        }

        @Override
        protected void ending() throws IOException {
            // The library's close() is what seals: it writes the chunk that is marked as the last.
            age.close();
        }

        @Override
        protected void release() {
            into.open = false;
        }
    }

    /** The end of the library's channel: refuses every byte once the link let go. */
    private static final class Into implements WritableByteChannel {
        private final OutputStream next;
        private byte[] copy = new byte[0];
        private long encrypted;
        private boolean open = true;

        Into(OutputStream next) {
            this.next = next;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            if (!open) {
                throw new IOException("The encrypted stream was abandoned.");
            }
            int length = source.remaining();
            if (source.hasArray()) {
                next.write(source.array(), source.arrayOffset() + source.position(), length);
                source.position(source.limit());
            } else {
                if (copy.length < length) {
                    copy = new byte[length];
                }
                source.get(copy, 0, length);
                next.write(copy, 0, length);
            }
            encrypted += length;
            return length;
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
}
