package org.holdfast.domain.shared;

import java.util.List;
import java.util.Optional;

/**
 * One page of a list, by keyset: {@code next} is handed back to get the page after it.
 *
 * @param items at most as many as were asked for
 * @param next an opaque cursor, empty on the last page
 */
public record Page<T>(List<T> items, Optional<String> next) {}
