/**
 * The stores behind {@link org.holdfast.domain.storage.BlobStores}.
 *
 * <p>Decision: one small port, one backend a package, one contract test for all of them. Everything
 * that differs between stores ends here; callers see {@link
 * org.holdfast.domain.storage.StoreFailure} and nothing of HTTP or of a file system.
 */
package org.holdfast.adapter;
