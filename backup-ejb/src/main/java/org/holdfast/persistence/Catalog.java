package org.holdfast.persistence;

import jakarta.annotation.sql.DataSourceDefinition;

/**
 * The catalog's datasource. No XA: the catalog is the only resource of any transaction. A
 * connection is tried before it is handed out, and when one turns out dead all idle ones are thrown
 * away, so a restart of the catalog's server costs one failed statement at most.
 */
@DataSourceDefinition(
        name = Catalog.JNDI,
        className = "org.holdfast.persistence.CatalogDataSource",
        url = "${MPCONFIG=holdfast.db.jdbc-url}",
        user = "${MPCONFIG=holdfast.db.user}",
        password = "${MPCONFIG=holdfast.db.password}",
        minPoolSize = 2,
        maxPoolSize = 24,
        initialPoolSize = 2,
        maxIdleTime = 300,
        properties = {
            "applicationName=holdfast",
            "tcpKeepAlive=true",
            "connectTimeout=10",
            "socketTimeout=120",
            "stringtype=unspecified",
            "fish.payara.is-connection-validation-required=true",
            "fish.payara.connection-validation-method=custom-validation",
            "fish.payara.validation-classname=org.glassfish.api.jdbc.validation.PostgresConnectionValidation",
            "fish.payara.fail-all-connections=true",
            "fish.payara.max-wait-time-in-millis=15000"
        })
public final class Catalog {
    static final String JNDI = "java:app/jdbc/holdfast";
    static final String UNIT = "holdfast";

    private Catalog() {}
}
