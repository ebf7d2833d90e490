package org.holdfast.domain.policy;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Who can be reached when a recovery goes wrong, and who is called next where the one before does
 * not answer.
 *
 * @param contacts in the order of the policy file, names unique
 * @param escalation by time; each names one of the contacts
 */
public record OnCall(List<Contact> contacts, List<Step> escalation) {
    /** Where the policy names nobody. */
    public static final OnCall NOBODY = new OnCall(List.of(), List.of());

    /**
     * @param role what they are there for, empty where it is not told
     * @param phone empty where they have none; then there is an e-mail address
     * @param email empty where they have none; then there is a telephone number
     */
    public record Contact(String name, String role, String phone, String email) {
        /** For a {@code tel:} link: without what people put between the digits. */
        public String dialled() {
            return phone.replaceAll("[^+0-9]", "");
        }
    }

    /**
     * @param afterMinutes since the trouble began, minutes
     * @param contact the name of a contact
     */
    public record Step(int afterMinutes, String contact) {}

    public OnCall {
        contacts = List.copyOf(contacts);
        escalation =
                escalation.stream().sorted(Comparator.comparingInt(Step::afterMinutes)).toList();
    }

    public Optional<Contact> contact(String name) {
        return contacts.stream().filter(c -> c.name().equals(name)).findFirst();
    }
}
