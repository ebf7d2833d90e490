package org.holdfast.persistence;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityTransaction;
import jakarta.persistence.Persistence;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.function.Supplier;
import org.flywaydb.core.Flyway;
import org.holdfast.domain.shared.PostgresUrl;
import org.holdfast.testing.PostgresServer;

/**
 * The catalog's real schema in a database of its own, with the persistence provider that is inside
 * the server, and without the server.
 */
final class OutsideAServer implements AutoCloseable {
    private final PostgresServer server = PostgresServer.shared();
    private final PostgresUrl catalog = server.createDatabase();
    private final EntityManagerFactory factory;

    OutsideAServer() {
        Flyway.configure()
                .dataSource(catalog.jdbcUrl(), catalog.user(), catalog.password().reveal())
                .load()
                .migrate();
        factory =
                Persistence.createEntityManagerFactory(
                        Catalog.UNIT,
                        Map.of(
                                "jakarta.persistence.transactionType", "RESOURCE_LOCAL",
                                "jakarta.persistence.jtaDataSource", "",
                                "jakarta.persistence.jdbc.url", asInTheServer(catalog.jdbcUrl()),
                                "jakarta.persistence.jdbc.user", catalog.user(),
                                "jakarta.persistence.jdbc.password", catalog.password().reveal(),
                                "jakarta.persistence.jdbc.driver", "org.postgresql.Driver",
                                "eclipselink.logging.level", "OFF"));
    }

    /** Empty ids go as texts of no type, as by {@link Catalog}. */
    private static String asInTheServer(String url) {
        return url + (url.contains("?") ? "&" : "?") + "stringtype=unspecified";
    }

    /** A session of its own, as one transaction in the server has. */
    Session session() {
        return new Session(factory.createEntityManager());
    }

    void sql(String... statements) {
        server.execute(catalog.database(), statements);
    }

    String query(String sql) {
        return server.query(catalog.database(), sql);
    }

    @Override
    public void close() {
        factory.close();
        server.dropDatabase(catalog.database());
    }

    /** One EntityManager, put where the server would put its own. */
    static final class Session implements AutoCloseable {
        private final EntityManager entities;

        private Session(EntityManager entities) {
            this.entities = entities;
        }

        <T> T with(T repository) {
            try {
                Field field = repository.getClass().getDeclaredField("entities");
                field.setAccessible(true);
                field.set(repository, entities);
                return repository;
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        <T> T within(Supplier<T> work) {
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
                entities.clear();
            }
        }

        void within(Runnable work) {
            within(
                    () -> {
                        work.run();
                        return null;
                    });
        }

        @Override
        public void close() {
            entities.close();
        }
    }
}
