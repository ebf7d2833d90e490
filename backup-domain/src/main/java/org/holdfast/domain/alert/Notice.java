package org.holdfast.domain.alert;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What is sent about an alert.
 *
 * @param delivery its own id, the same for every try: a receiver drops what it has seen
 * @param alert empty for a test of the channel
 * @param contact who is called now; of an escalation only
 * @param link to the alert in the console, where the console's address is known
 * @param help to the runbook, likewise
 */
public record Notice(
        UUID delivery,
        Event event,
        Optional<UUID> alert,
        String kind,
        String title,
        String subject,
        Severity severity,
        String text,
        Instant openedAt,
        Optional<Instant> resolvedAt,
        Optional<Contact> contact,
        Optional<String> link,
        Optional<String> help) {

    /** Why it is sent. */
    public enum Event {
        OPENED,
        /** More severe than when it was told. */
        WORSE,
        /** Nobody acknowledged it in time. */
        ESCALATED,
        RESOLVED,
        TEST
    }

    /**
     * @param phone empty where they have none
     * @param email empty where they have none
     */
    public record Contact(String name, String phone, String email) {}

    /** One line: what has happened, and how bad it is. */
    public String headline() {
        String about = title + (subject.isEmpty() ? "" : " · " + subject);
        return switch (event) {
            case OPENED -> severity.name() + ": " + about;
            case WORSE -> "NOW " + severity.name() + ": " + about;
            case ESCALATED ->
                    "ESCALATED to " + contact.map(Contact::name).orElse("everybody") + ": " + about;
            case RESOLVED -> "RESOLVED: " + about;
            case TEST -> "TEST: " + about;
        };
    }
}
