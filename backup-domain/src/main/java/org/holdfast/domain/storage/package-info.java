/**
 * Where backups lie, and the one small door to it.
 *
 * <p>{@link org.holdfast.domain.storage.BlobStore} is deliberately small: every edge (atomic?
 * missing? empty?) is stated in its documentation and held by one contract test that runs against
 * every backend. What a backend cannot do is documented there, not hidden.
 */
package org.holdfast.domain.storage;
