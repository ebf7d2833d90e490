package org.holdfast.adapter.testing;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Ceph RADOS Gateway as child processes, its objects in memory: real versioning, Object Lock and
 * life cycle rules. Started and stopped by {@code deploy/ceph-rgw.sh}, which says what is missing.
 */
public final class CephGateway implements S3Server {
    private static final String ACCESS_KEY = "ceph-key";
    private static final String SECRET_KEY = "ceph-secret";

    private final Path work;
    private final URI endpoint;

    private CephGateway(Path work, URI endpoint) {
        this.work = work;
        this.endpoint = endpoint;
    }

    /**
     * A monitor and an OSD that miss each other at their first start do not find each other later.
     */
    private static final int STARTS = 3;

    /**
     * Starts a gateway on free ports and returns when it answers; one that does not is begun anew.
     *
     * @param work where its settings and logs lie; a short path, sockets are made below it
     */
    public static CephGateway start(Path work) throws IOException {
        String said = started(work, STARTS);
        String[] lines = said.strip().split("\n");
        return new CephGateway(work, URI.create(lines[lines.length - 1]));
    }

    private static String started(Path work, int tries) throws IOException {
        try {
            return run("start", work);
        } catch (IOException e) {
            if (tries == 1) {
                throw e;
            }
            run("stop", work);
            return started(work, tries - 1);
        }
    }

    private static String run(String command, Path work) throws IOException {
        Path said = Files.createTempFile("ceph-rgw", ".out");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(
                                    List.of(
                                            "/bin/bash",
                                            script().toString(),
                                            command,
                                            work.toString()))
                            .redirectErrorStream(true)
                            .redirectOutput(said.toFile());
            builder.environment().put("CEPH_RGW_ACCESS_KEY", ACCESS_KEY);
            builder.environment().put("CEPH_RGW_SECRET_KEY", SECRET_KEY);
            Process process = builder.start();
            if (!process.waitFor(180, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("ceph-rgw.sh " + command + " hangs; see " + work);
            }
            String text = Files.readString(said);
            if (process.exitValue() != 0) {
                throw new IOException("ceph-rgw.sh " + command + " failed: " + text.strip());
            }
            return text;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while ceph-rgw.sh " + command + " ran", e);
        } finally {
            Files.deleteIfExists(said);
        }
    }

    /** Tests run in a module's directory; the script lies beside the modules. */
    private static Path script() throws IOException {
        List<Path> looked = new ArrayList<>();
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path script = at.resolve("deploy/ceph-rgw.sh");
            if (Files.isRegularFile(script)) {
                return script;
            }
            looked.add(script);
        }
        throw new IOException("There is none of " + looked);
    }

    @Override
    public URI endpoint() {
        return endpoint;
    }

    @Override
    public String accessKey() {
        return ACCESS_KEY;
    }

    @Override
    public String secretKey() {
        return SECRET_KEY;
    }

    @Override
    public void close() {
        try {
            run("stop", work);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
