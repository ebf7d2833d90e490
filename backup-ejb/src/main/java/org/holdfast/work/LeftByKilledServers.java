package org.holdfast.work;

import jakarta.annotation.PostConstruct;
import jakarta.ejb.Singleton;
import jakarta.ejb.Startup;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.holdfast.config.Settings;
import org.holdfast.engine.WorkDir;

/**
 * Removes at start what a server that was killed left on disk: passwords of databases, whole dumps.
 */
@Singleton
@Startup
public class LeftByKilledServers {
    private static final Logger LOG = Logger.getLogger(LeftByKilledServers.class.getName());

    @Inject private Settings settings;

    @PostConstruct
    void remove() {
        for (Path base : List.of(Toolbox.workDirs(settings), settings.scratchDir())) {
            try {
                int removed = WorkDir.removeLeft(base);
                if (removed > 0) {
                    LOG.warning(
                            "Removed "
                                    + removed
                                    + " directories of work that broke off in "
                                    + base);
                }
            } catch (IOException e) {
                LOG.log(Level.WARNING, "Could not look for work that broke off in " + base, e);
            }
        }
    }
}
