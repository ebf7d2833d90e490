/**
 * From a database to a fact. A {@link org.holdfast.domain.snapshot.BackupRun} is the attempt and
 * has state; what it leaves is a {@link org.holdfast.domain.snapshot.Snapshot} with the same id,
 * and the ladder UPLOADED, VERIFIED, RESTORED says how far that was proved.
 */
package org.holdfast.domain.snapshot;
