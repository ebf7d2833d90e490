/** The few facts every other room of the domain rests on: secrets, refusals, hashes, ids. */
package org.holdfast.domain.shared;
