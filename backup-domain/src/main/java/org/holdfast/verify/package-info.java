/**
 * The verifier: checks an export of the audit log or the evidence of a drill with the file and the
 * public key alone.
 *
 * <p>Knows nothing but the JDK, and nothing of Holdfast: it is packed as a program of its own
 * ({@code holdfast-verify.jar}), and a fault in how the product computes a hash is not repeated
 * here. It has its own small reader of JSON because the usual ones take a name twice in one object,
 * where two readers understand one signed text differently; and because a program that one is to
 * trust has to be short enough to be read.
 */
package org.holdfast.verify;
