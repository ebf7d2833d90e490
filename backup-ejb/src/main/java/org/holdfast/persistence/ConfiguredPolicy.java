package org.holdfast.persistence;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.config.PolicyDocument;
import org.holdfast.config.PolicyFileState;
import org.holdfast.config.Problems;
import org.holdfast.config.Settings;
import org.holdfast.domain.audit.AuditLog;
import org.holdfast.domain.policy.PolicyChanged;
import org.holdfast.domain.policy.PolicyFile;
import org.holdfast.domain.policy.PolicyVersion;
import org.holdfast.domain.policy.PolicyVersion.Making;
import org.holdfast.domain.policy.PolicyVersion.Origin;
import org.holdfast.domain.policy.PolicyVersions;
import org.holdfast.domain.shared.Sha256;

/**
 * Takes the policy file as it is into the catalog; {@link PolicyFile} says when that makes a
 * version.
 */
@ApplicationScoped
public class ConfiguredPolicy {
    private static final Logger LOG = Logger.getLogger(ConfiguredPolicy.class.getName());

    @Inject private Settings settings;
    @Inject private PolicyVersions versions;
    @Inject private PolicyFileState state;
    @Inject private AuditLog audit;
    @Inject private Event<PolicyChanged> changed;
    @Inject private Clock clock;

    private final String server = hostName();

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /**
     * At start, before anybody asks for the policy.
     *
     * @throws Problems where the file is wrong and the catalog has no version from before
     */
    @Transactional
    public void begin() {
        Optional<Path> file = settings.policyFile();
        if (file.isEmpty()) {
            return;
        }
        PolicyDocument document = PolicyDocument.of(file.get());
        if (!document.good() && versions.newest() == 0) {
            throw new Problems(document.problemsOf(file.get()));
        }
        follow(file.get(), document);
    }

    /**
     * A file that is wrong changes nothing. In one transaction; several servers that look at once
     * wait for each other.
     */
    @Transactional
    public void follow(Path file, PolicyDocument document) {
        versions.lock();
        Optional<PolicyFile> before = versions.file(server, file.toString());
        Optional<Sha256> seenBefore = before.flatMap(PolicyFile::sha256);
        if (!document.good()) {
            List<String> problems = document.problemsOf(file);
            if (before.isEmpty() || !before.get().problems().equals(problems)) {
                audit.append(
                        AuditLog.SYSTEM,
                        "policy.refuse",
                        "policy",
                        Map.of(
                                "from",
                                server + ":" + file,
                                "problems",
                                String.join("\n", problems)));
            }
            looked(file, seenBefore, problems);
            return;
        }
        Sha256 content = document.sha256();
        if (PolicyFile.makesVersion(
                content,
                seenBefore,
                versions.inForce().map(PolicyVersion::sha256),
                versions.newestOfFile().map(PolicyVersion::sha256))) {
            make(file, document);
        }
        looked(file, Optional.of(content), List.of());
    }

    private void make(Path file, PolicyDocument document) {
        PolicyVersion version =
                new PolicyVersion(
                        versions.newest() + 1,
                        document.text(),
                        new Making(
                                Origin.FILE,
                                server + ":" + file,
                                AuditLog.SYSTEM,
                                AuditLog.SYSTEM,
                                versions.newestOfFile().isEmpty()
                                        ? "The policy file, as it was first read."
                                        : "The policy file has changed."),
                        clock.instant());
        versions.add(version);
        audit.append(
                AuditLog.SYSTEM,
                "policy.change",
                "policy",
                Map.of(
                        "version", version.number(),
                        "sha256", version.sha256().hex(),
                        "from", version.place()));
        changed.fire(new PolicyChanged(version.number()));
        LOG.log(
                Level.INFO,
                "Policy version {0} is in force, from {1}.",
                new Object[] {version.number(), version.place()});
    }

    private void looked(Path file, Optional<Sha256> sha256, List<String> problems) {
        versions.looked(new PolicyFile(server, file.toString(), sha256, problems, clock.instant()));
        if (!problems.equals(state.problems().orElse(List.of()))) {
            problems.forEach(
                    problem ->
                            LOG.log(
                                    Level.WARNING,
                                    "{0} The last good version stays in force.",
                                    problem));
        }
        state.looked(problems);
    }
}
