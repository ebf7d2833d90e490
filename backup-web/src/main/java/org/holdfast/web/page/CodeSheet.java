package org.holdfast.web.page;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.holdfast.domain.shared.Secret;
import org.omnifaces.util.Faces;

/**
 * Recovery codes as they are shown once: to be written down, copied, printed or kept as a file.
 *
 * @param user whose they are
 */
public record CodeSheet(String user, List<Secret> codes) {

    public List<String> lines() {
        return codes.stream().map(Secret::reveal).toList();
    }

    /** A line each, under one that says what they are. */
    public String text() {
        return lines().stream()
                .collect(
                        Collectors.joining(
                                "\n",
                                "Holdfast, recovery codes of "
                                        + user
                                        + ". Each signs in once in place of a code.\n\n",
                                "\n"));
    }

    public void download() {
        Faces.sendFile(
                text().getBytes(StandardCharsets.UTF_8), "holdfast-recovery-codes.txt", true);
    }
}
