/**
 * A bucket of an S3-compatible store, spoken to with minio-java.
 *
 * <p>Decision: the multipart protocol is driven step by step and never by the client's own upload
 * methods, because those publish when a stream ends, also when it ended for the wrong reason. The
 * client's retries are off; one rule with one deadline stands in {@link
 * org.holdfast.adapter.s3.Patience}.
 *
 * <p>Border: nothing of the client leaves this package. Redirects are not followed, link-local and
 * metadata addresses are not spoken to.
 */
package org.holdfast.adapter.s3;
