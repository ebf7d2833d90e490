package org.holdfast.work;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The name under which this server claims work; another one after each start. */
@ApplicationScoped
class ThisServer {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private final String name = "holdfast-" + UUID.randomUUID();
    private final String machine = asked();

    String name() {
        return name;
    }

    /**
     * The machine's name, the same after each start; what lies on its disk is found by it. Where
     * nobody knows it, it is one that no other machine has: then what an earlier start left here is
     * left to people, and nothing of another machine is taken for gone.
     */
    String machine() {
        return machine;
    }

    /** Once: a name server that is slow or away must not matter at each look for work. */
    private String asked() {
        try {
            String told = Files.readString(KERNEL).strip();
            if (!told.isEmpty()) {
                return told;
            }
        } catch (IOException e) {
            // not a Linux
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown, " + name;
        }
    }
}
