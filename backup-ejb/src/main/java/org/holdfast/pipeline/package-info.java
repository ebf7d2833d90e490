/**
 * The way of the bytes between a child process and storage; nothing is held whole in memory.
 *
 * <p>Out: {@code source → zstd → age → SHA-256 → every store at once}. Back: the same way in
 * reverse. Decision: the end of a stream is said aloud. {@link org.holdfast.pipeline.Link#seal()}
 * writes endings (the last age chunk, the zstd checksum) and is called only once the producer is
 * known to have succeeded; {@code close()} never writes, so no exception can leave a valid-looking,
 * truncated artifact behind.
 *
 * <p>Knows streams only: no JPA, no CDI, no S3 client. If you need one, the code belongs in {@code
 * work}.
 */
package org.holdfast.pipeline;
