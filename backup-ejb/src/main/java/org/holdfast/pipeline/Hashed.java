package org.holdfast.pipeline;

import org.holdfast.domain.shared.Sha256;

/**
 * How long a stream of bytes was and what it hashed to.
 *
 * @param bytes its length
 * @param sha256 SHA-256 (FIPS 180-4) of all of them
 */
public record Hashed(long bytes, Sha256 sha256) {}
