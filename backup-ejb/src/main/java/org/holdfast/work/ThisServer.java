package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.UUID;

/** The name under which this server claims work; another one after each start. */
@ApplicationScoped
class ThisServer {
    private final String name = "holdfast-" + UUID.randomUUID();

    String name() {
        return name;
    }
}
