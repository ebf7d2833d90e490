package org.holdfast.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;
import org.holdfast.domain.shared.Sha256;

/** Hashes and counts what is read; at the end it is what was expected, or the read throws. */
final class HashingInput extends CountingInput {
    private final MessageDigest digest = Sha256.digest();
    private final String name;
    private final Optional<Hashed> expected;
    private Hashed result;

    HashingInput(InputStream in, String name, Optional<Hashed> expected) {
        super(in);
        this.name = name;
        this.expected = expected;
    }

    @Override
    public int read(byte[] b, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        int count = super.read(b, offset, length);
        if (count < 0) {
            end();
        } else {
            digest.update(b, offset, count);
            if (expected.isPresent() && soFar() > expected.get().bytes()) {
                throw new CorruptObject(
                        CorruptObject.Found.HASH,
                        soFar(),
                        name
                                + " is longer than the "
                                + expected.get().bytes()
                                + " bytes its manifest names.",
                        null);
            }
        }
        return count;
    }

    /** Once the end was read. */
    Hashed result() {
        if (result == null) {
            throw new IllegalStateException("The stream was not read to its end.");
        }
        return result;
    }

    private void end() throws CorruptObject {
        if (result != null) {
            return;
        }
        Hashed found = new Hashed(soFar(), Sha256.ofDigest(digest.digest()));
        if (expected.isPresent() && !expected.get().equals(found)) {
            Hashed wanted = expected.get();
            throw new CorruptObject(
                    CorruptObject.Found.HASH,
                    found.bytes(),
                    wanted.bytes() != found.bytes()
                            ? name
                                    + " is "
                                    + found.bytes()
                                    + " bytes long; its manifest names "
                                    + wanted.bytes()
                                    + "."
                            : name
                                    + " hashes to "
                                    + found.sha256()
                                    + "; its manifest names "
                                    + wanted.sha256()
                                    + ".",
                    null);
        }
        result = found;
    }
}
