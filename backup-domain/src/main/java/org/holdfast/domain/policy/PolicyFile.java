package org.holdfast.domain.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.holdfast.domain.shared.Sha256;

/**
 * A policy file that a server follows, as it was last seen.
 *
 * <p>A file and the console live together by one rule: <em>what was changed last is in force</em>.
 * A file that changes makes a new version; a change in the console makes one too, and stays in
 * force until the file changes again, restarts included. A file that is as it was changes nothing,
 * so a second server whose copy is not yet brought up to date does not take the policy back.
 *
 * @param server its host name
 * @param path absolute
 * @param sha256 of the canonical document when it was last good; empty where it never was
 * @param problems sentences on what is wrong with it now; empty where it is good
 * @param seenAt when it was last looked at
 */
public record PolicyFile(
        String server,
        String path,
        Optional<Sha256> sha256,
        List<String> problems,
        Instant seenAt) {
    public PolicyFile {
        problems = List.copyOf(problems);
    }

    /** Whether a good file as it is now makes a new version. */
    public static boolean makesVersion(
            Sha256 content,
            Optional<Sha256> seenBefore,
            Optional<Sha256> inForce,
            Optional<Sha256> newestOfFile) {
        return !inForce.equals(Optional.of(content))
                && !seenBefore.equals(Optional.of(content))
                && !newestOfFile.equals(Optional.of(content));
    }

    /** Where it is, for people. */
    public String place() {
        return server + ":" + path;
    }
}
