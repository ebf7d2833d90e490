package org.holdfast.domain.restore;

/**
 * One thing that was checked of a restored database.
 *
 * @param name e.g. {@code rows of public.orders}
 * @param expected by the manifest, in words or numbers
 * @param actual what was found
 */
public record Check(String name, String expected, String actual, boolean passed) {}
