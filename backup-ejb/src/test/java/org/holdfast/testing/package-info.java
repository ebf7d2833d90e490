/**
 * Real servers and sample data for tests; shipped in the test jar so that every module's tests
 * stand on the same ground.
 */
package org.holdfast.testing;
