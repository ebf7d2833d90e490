package org.holdfast.domain.snapshot;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.holdfast.domain.shared.Ids;
import org.holdfast.domain.shared.Origin;
import org.holdfast.domain.shared.Refused;

/**
 * A database that is backed up. Its connection URL is in the configuration ({@code
 * BACKUP_SOURCE_<NAME>_URL}) or sealed here; what is shown is the redacted form only.
 */
@Entity
@Table(name = "sources")
public class Source {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    @Id private UUID id;

    @Column(nullable = false, unique = true)
    private String name;

    @Enumerated(EnumType.STRING)
    private Origin origin;

    @Column(name = "redacted_url")
    private String redactedUrl;

    @Column(name = "sealed_url")
    private String sealedUrl;

    private boolean retired;

    protected Source() {}

    /**
     * @param name lower case, as {@link #nameOf} makes it
     * @param sealedUrl null where the configuration keeps the URL
     */
    public Source(String name, Origin origin, String redactedUrl, String sealedUrl) {
        requireName("source", name);
        this.id = Ids.next();
        this.name = name;
        this.origin = origin;
        this.redactedUrl = redactedUrl;
        this.sealedUrl = sealedUrl;
    }

    /** {@code ORDERS_PROD} of the environment is {@code orders-prod} in the console and in keys. */
    public static String nameOf(String environmentName) {
        return environmentName.toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Names stand in object keys and addresses; {@code what} is e.g. {@code "source"}. */
    public static void requireName(String what, String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw new Refused(
                    "BAD-NAME",
                    "\"" + name + "\" is no name for a " + what + ".",
                    "Use 1 to 63 lower-case letters, digits and dashes, beginning with a letter or digit.");
        }
    }

    public void follow(String redactedUrl, String sealedUrl) {
        this.redactedUrl = redactedUrl;
        this.sealedUrl = sealedUrl;
        this.retired = false;
    }

    public void retire() {
        retired = true;
    }

    public UUID id() {
        return id;
    }

    public String name() {
        return name;
    }

    public Origin origin() {
        return origin;
    }

    public String redactedUrl() {
        return redactedUrl;
    }

    public String sealedUrl() {
        return sealedUrl;
    }

    public boolean retired() {
        return retired;
    }
}
