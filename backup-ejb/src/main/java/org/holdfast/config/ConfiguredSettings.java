package org.holdfast.config;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/** Reads MicroProfile Config: environment, system properties, properties files. */
@ApplicationScoped
public class ConfiguredSettings {
    private volatile Settings settings;

    /**
     * @throws Problems naming everything that is wrong
     */
    @Produces
    @Singleton
    public synchronized Settings settings() {
        if (settings == null) {
            settings = Settings.read(values(ConfigProvider.getConfig()));
        }
        return settings;
    }

    /** Raw values: what looks like an expression (a password may) is not evaluated. */
    private static Map<String, String> values(Config config) {
        Map<String, String> values = new HashMap<>();
        for (String name : config.getPropertyNames()) {
            if (Settings.concerns(name)) {
                String value = config.getConfigValue(name).getRawValue();
                if (value != null) {
                    values.put(name, value);
                }
            }
        }
        return values;
    }
}
