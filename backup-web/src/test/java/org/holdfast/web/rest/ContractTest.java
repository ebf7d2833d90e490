package org.holdfast.web.rest;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.Path;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContractTest {
    @Test
    void it_describes_the_bodies_of_every_resource() throws Exception {
        File here = new File(Contract.class.getResource("Contract.class").toURI()).getParentFile();
        List<Class<?>> resources = new ArrayList<>();
        for (String file : here.list((dir, name) -> name.endsWith(".class"))) {
            Class<?> found =
                    Class.forName(
                            Contract.class.getPackageName() + "." + file.replace(".class", ""));
            if (found.isAnnotationPresent(Path.class)) {
                resources.add(found);
            }
        }

        assertThat(resources).contains(BackupsResource.class);
        assertThat(Contract.RESOURCES).containsExactlyInAnyOrderElementsOf(resources);
    }
}
