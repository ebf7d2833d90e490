/**
 * What the installation was told, read once at start and checked whole: every problem is named
 * together, with the remedy, and none is worked around.
 *
 * <p>The only room that reads environment variables and MicroProfile Config. What it hands on are
 * facts of the domain; nobody else asks the environment.
 */
package org.holdfast.config;
