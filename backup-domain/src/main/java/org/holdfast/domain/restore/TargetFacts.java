package org.holdfast.domain.restore;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What was seen of a target a moment ago.
 *
 * @param problem why it could not be reached, in words; empty where it was, and then the rest holds
 * @param systemIdentifier of its cluster
 * @param database its name
 * @param exists whether the database is there
 * @param serverVersion e.g. {@code 15.20}
 * @param clientProblem why no client here fits the server, in words
 * @param sizeBytes of the database, 0 where it does not exist
 * @param roomBytes free on the server's disk, empty where that cannot be known from here
 * @param sessions open on the database, Holdfast's own left out
 * @param tables what stands in it
 * @param availableExtensions name to default version
 * @param localeProblem why a database of the snapshot's locale cannot be made, in words
 * @param mayCreateDatabases whether the role can
 */
public record TargetFacts(
        Optional<String> problem,
        String systemIdentifier,
        String database,
        boolean exists,
        String serverVersion,
        int serverMajor,
        Optional<String> clientProblem,
        long sizeBytes,
        OptionalLong roomBytes,
        List<Session> sessions,
        List<TableRows> tables,
        Map<String, String> availableExtensions,
        Optional<String> localeProblem,
        boolean mayCreateDatabases) {

    public static TargetFacts unreachable(String problem) {
        return new TargetFacts(
                Optional.of(problem),
                "",
                "",
                false,
                "",
                0,
                Optional.empty(),
                0,
                OptionalLong.empty(),
                List.of(),
                List.of(),
                Map.of(),
                Optional.empty(),
                false);
    }

    /** An open session. */
    public record Session(int pid, String user, String application, String client, String state) {}

    /**
     * @param estimated true where the planner's estimate stands for a count that took too long
     */
    public record TableRows(String schema, String name, long rows, boolean estimated) {
        public String qualifiedName() {
            return schema + "." + name;
        }
    }
}
