package org.holdfast.domain.policy;

import java.util.List;
import java.util.Optional;
import org.holdfast.domain.shared.Page;
import org.holdfast.domain.shared.Sha256;

/** The policy's versions and the files that are followed, as the catalog has them. */
public interface PolicyVersions {
    /** The number of the version in force; 0 where there is none yet. */
    int newest();

    /** The version in force. */
    Optional<PolicyVersion> inForce();

    Optional<PolicyVersion> find(int number);

    /** The newest that came from a file, whichever server read it. */
    Optional<PolicyVersion> newestOfFile();

    /** Newest first. */
    Page<PolicyVersion> page(Optional<String> cursor, int max);

    /** The newest of all versions with this document. */
    Optional<PolicyVersion> newestOf(Sha256 document);

    void add(PolicyVersion version);

    /** Until the transaction ends nobody else adds a version. */
    void lock();

    /** Every file that a server follows and looked at within the last ten minutes, by server. */
    List<PolicyFile> files();

    /** What is known of a server's file, however old. */
    Optional<PolicyFile> file(String server, String path);

    /**
     * Enters a look at a file, in the place of what was known of it. One that nobody looked at for
     * 90 days is forgotten.
     */
    void looked(PolicyFile file);
}
