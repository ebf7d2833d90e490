package org.holdfast.persistence;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.holdfast.config.Settings;

/**
 * Brings the catalog's schema up to date before anything else of Holdfast starts, then enters what
 * the configuration names. Whatever needs the catalog at start says
 * {@code @DependsOn("CatalogSchema")}.
 */
@Startup
@Singleton(name = "CatalogSchema")
@TransactionManagement(TransactionManagementType.BEAN)
public class CatalogSchema {
    private static final Logger LOG = System.getLogger(CatalogSchema.class.getName());

    @Inject private Settings settings;
    @Inject private ConfiguredPlaces places;
    @Inject private ConfiguredKeys keys;
    @Inject private ConfiguredPolicy policy;

    @Resource(lookup = Catalog.JNDI)
    private DataSource catalog;

    @PostConstruct
    void migrate() {
        settings.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        try {
            Flyway.configure(CatalogSchema.class.getClassLoader())
                    .dataSource(catalog)
                    .locations("classpath:db/migration")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new IllegalStateException(
                    "The catalog's schema could not be brought up to date: "
                            + rootOf(e)
                            + " Check that the database of HOLDFAST_DB_URL is Holdfast's own and"
                            + " that its user may create tables in it.",
                    e);
        }
        places.follow();
        keys.follow();
        policy.begin();
    }

    private static String rootOf(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String words = String.valueOf(root.getMessage()).strip();
        return words.endsWith(".") ? words : words + ".";
    }
}
