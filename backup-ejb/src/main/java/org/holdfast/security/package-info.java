/**
 * How people and scripts show that it is them, and the keys of this installation.
 *
 * <p>Keys lie in {@code <data directory>/keys}, never in the database. The rules of who may do what
 * are not here: they stand at the methods of {@code app}.
 */
package org.holdfast.security;
