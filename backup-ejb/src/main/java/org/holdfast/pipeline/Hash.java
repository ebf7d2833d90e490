package org.holdfast.pipeline;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import org.holdfast.domain.shared.Sha256;

/** SHA-256 and length of the bytes that pass; they stay as they are. */
public final class Hash implements Stage<Hashed> {
    private final MessageDigest digest = Sha256.digest();
    private volatile long bytes;
    private Link link;
    private Hashed result;

    @Override
    public Link onto(OutputStream next) {
        if (link != null) {
            throw new IllegalStateException("A stage serves one stream.");
        }
        link =
                new Link(next) {
                    @Override
                    protected void take(byte[] b, int offset, int length) throws IOException {
                        digest.update(b, offset, length);
                        next.write(b, offset, length);
                        bytes = bytes + length;
                    }

                    @Override
                    protected void ending() {
                        result = new Hashed(bytes, Sha256.ofDigest(digest.digest()));
                    }
                };
        return link;
    }

    /** Bytes so far; may be asked by any thread while the stream runs. */
    public long soFar() {
        return bytes;
    }

    @Override
    public Hashed result() {
        if (link == null || !link.sealed()) {
            throw new IllegalStateException("The stream was not sealed.");
        }
        return result;
    }
}
