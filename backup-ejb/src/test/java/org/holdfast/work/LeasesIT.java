package org.holdfast.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.testing.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fault 8: several servers on one catalog, each in a JVM of its own. */
class LeasesIT {
    private static final int JOBS = 1000;

    private final PostgresServer server = PostgresServer.shared();
    private final PostgresUrl catalog = server.createDatabase();
    private final List<Holder> holders = new ArrayList<>();

    @BeforeEach
    void migrate() {
        Flyway.configure()
                .dataSource(catalog.jdbcUrl(), catalog.user(), catalog.password().reveal())
                .load()
                .migrate();
        server.execute(
                catalog.database(),
                "INSERT INTO sources (id, name, origin, redacted_url) VALUES (gen_random_uuid(), 'shop', 'CONFIGURATION', 'postgresql://shop')");
    }

    @AfterEach
    void end() {
        holders.forEach(Holder::end);
        server.dropDatabase(catalog.database());
    }

    @Test
    void two_servers_share_a_thousand_jobs_and_each_job_is_claimed_once() throws Exception {
        queue(JOBS);
        Holder one = holder("drain", "one");
        Holder two = holder("drain", "two");
        one.go();
        two.go();
        List<String> first = one.linesUntil("done");
        List<String> second = two.linesUntil("done");

        assertThat(first).isNotEmpty();
        assertThat(second).isNotEmpty();
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        assertThat(all).hasSize(JOBS).allMatch(line -> line.endsWith(" 1"));
        assertThat(new HashSet<>(all)).hasSize(JOBS);
        assertThat(
                        query(
                                "SELECT count(*) FROM backup_runs WHERE state = 'COMPLETED' AND attempt = 1"))
                .isEqualTo(String.valueOf(JOBS));
    }

    @Test
    void a_server_that_slept_past_its_lease_cannot_write_any_more() throws Exception {
        queue(1);
        Holder sleeper = holder("hold", "sleeper");
        sleeper.go();
        assertThat(sleeper.line()).startsWith("claimed ").endsWith(" 1");
        assertThat(sleeper.line()).isEqualTo("HELD");

        sleeper.signal("STOP");
        Holder early = holder("drain", "early");
        early.go();
        assertThat(early.linesUntil("done")).as("while the lease lasts").isEmpty();
        server.execute(
                catalog.database(),
                "UPDATE backup_runs SET lease_until = clock_timestamp() - interval '1 second'");
        Holder successor = holder("hold", "successor");
        successor.go();
        assertThat(successor.line()).startsWith("claimed ").endsWith(" 2");
        assertThat(successor.line()).isEqualTo("HELD");

        sleeper.go();
        sleeper.signal("CONT");
        assertThat(sleeper.line()).isEqualTo("LOST");
        assertThat(query("SELECT attempt || ' ' || lease_owner || ' ' || phase FROM backup_runs"))
                .isEqualTo("2 successor successor");
        successor.go();
        assertThat(successor.line()).as("the successor is not disturbed").isEqualTo("HELD");
    }

    @Test
    void a_wish_to_cancel_reaches_the_worker_with_its_next_renewal() throws Exception {
        queue(1);
        Holder worker = holder("hold", "worker");
        worker.go();
        worker.line();
        assertThat(worker.line()).isEqualTo("HELD");
        server.execute(catalog.database(), "UPDATE backup_runs SET cancel_requested = true");
        worker.go();
        assertThat(worker.line()).isEqualTo("CANCEL");
    }

    private void queue(int jobs) {
        server.execute(
                catalog.database(),
                "INSERT INTO backup_runs (id, source_id, requested_by, format, row_proof, state, policy_version, queued_at, not_before)"
                        + " SELECT gen_random_uuid(), (SELECT id FROM sources), 'ada', 'CUSTOM', 'COUNTS', 'QUEUED', 'default', now(), now()"
                        + " FROM generate_series(1, "
                        + jobs
                        + ")");
    }

    private String query(String sql) {
        return server.query(catalog.database(), sql);
    }

    private Holder holder(String mode, String owner) throws IOException {
        Holder holder = new Holder(mode, owner);
        holders.add(holder);
        assertThat(holder.line()).isEqualTo("ready");
        return holder;
    }

    /** A {@link LeaseHolder} in its process. */
    private final class Holder {
        private final Process process;
        private final BufferedReader out;
        private final PrintStream in;

        private Holder(String mode, String owner) throws IOException {
            process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xmx128m",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    LeaseHolder.class.getName(),
                                    mode,
                                    catalog.jdbcUrl() + "?stringtype=unspecified",
                                    catalog.user(),
                                    owner)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
            out =
                    new BufferedReader(
                            new InputStreamReader(
                                    process.getInputStream(), StandardCharsets.UTF_8));
            in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
            in.println(catalog.password().reveal());
        }

        void go() {
            in.println("go");
        }

        String line() throws IOException {
            return out.readLine();
        }

        List<String> linesUntil(String last) throws IOException {
            List<String> lines = new ArrayList<>();
            String line = out.readLine();
            while (line != null && !line.equals(last)) {
                lines.add(line);
                line = out.readLine();
            }
            assertThat(line).isEqualTo(last);
            return lines;
        }

        void signal(String name) throws Exception {
            assertThat(
                            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                                    .start()
                                    .waitFor())
                    .isZero();
        }

        void end() {
            process.destroyForcibly();
        }
    }
}
