/**
 * The whole product, running, for tests: real servers around it, real TLS, the WAR of this build.
 */
package org.holdfast.testing;
