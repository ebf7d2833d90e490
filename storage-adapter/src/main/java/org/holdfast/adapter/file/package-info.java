/**
 * A directory as a store: one file an object, readable with any tool.
 *
 * <p>Decision: an upload grows in {@code .uploads/} inside the store, on the same file system, and
 * becomes visible by one rename after it was forced to the disk; names with a leading dot are never
 * objects. Directories are made with mode 0700, files with 0600.
 *
 * <p>Border: several processes may share the directory. A file system whose rename is not atomic is
 * not supported.
 */
package org.holdfast.adapter.file;
