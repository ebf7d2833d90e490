package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** The name under which this server claims work; another one after each start. */
@ApplicationScoped
class ThisServer {
    private final String name = "holdfast-" + UUID.randomUUID();

    String name() {
        return name;
    }

    /** The machine's name, the same after each start; what lies on its disk is found by it. */
    String machine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
