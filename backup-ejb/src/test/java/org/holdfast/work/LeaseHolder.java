package org.holdfast.work;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityTransaction;
import jakarta.persistence.Persistence;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A worker in a JVM of its own: what {@link Leases} does in a server, without one.
 *
 * <p>{@code drain}: after a line on its input, claims until nothing waits and completes each.
 * {@code hold}: claims one and renews it until it is lost.
 */
final class LeaseHolder {
    private final EntityManager entities;
    private final Leases leases = new Leases();
    private final String owner;

    private LeaseHolder(String url, String user, String password, String owner) throws Exception {
        this.owner = owner;
        this.entities =
                Persistence.createEntityManagerFactory(
                                "leases-outside-a-server",
                                Map.of(
                                        "jakarta.persistence.jdbc.url", url,
                                        "jakarta.persistence.jdbc.user", user,
                                        "jakarta.persistence.jdbc.password", password,
                                        "jakarta.persistence.jdbc.driver", "org.postgresql.Driver"))
                        .createEntityManager();
        Field field = Leases.class.getDeclaredField("em");
        field.setAccessible(true);
        field.set(leases, entities);
    }

    public static void main(String[] args) throws Exception {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        LeaseHolder holder = new LeaseHolder(args[1], args[2], in.readLine(), args[3]);
        System.out.println("ready");
        in.readLine();
        if (args[0].equals("drain")) {
            holder.drain();
        } else {
            holder.hold(in);
        }
    }

    private void drain() {
        Optional<Lease> lease = claim();
        while (lease.isPresent()) {
            Lease held = lease.get();
            System.out.println("claimed " + held.id() + " " + held.attempt());
            within(
                    () ->
                            entities.createNativeQuery(
                                            "UPDATE backup_runs SET state = 'COMPLETED' WHERE id = ?1 AND attempt = ?2 AND state = 'RUNNING'")
                                    .setParameter(1, held.id())
                                    .setParameter(2, held.attempt())
                                    .executeUpdate());
            lease = claim();
        }
        System.out.println("done");
    }

    private void hold(BufferedReader in) throws Exception {
        Lease held = claim().orElseThrow();
        System.out.println("claimed " + held.id() + " " + held.attempt());
        while (true) {
            Leases.Renewal renewal =
                    within(() -> leases.renew(held, new Leases.Status(owner, 0, 0, 0, 4711, 0, 0)));
            System.out.println(renewal);
            if (renewal == Leases.Renewal.LOST) {
                return;
            }
            in.readLine();
        }
    }

    private Optional<Lease> claim() {
        return within(() -> leases.claim(Lease.Kind.BACKUP, owner));
    }

    private <T> T within(Supplier<T> work) {
        EntityTransaction transaction = entities.getTransaction();
        transaction.begin();
        try {
            T result = work.get();
            transaction.commit();
            return result;
        } finally {
            if (transaction.isActive()) {
                transaction.rollback();
            }
        }
    }
}
