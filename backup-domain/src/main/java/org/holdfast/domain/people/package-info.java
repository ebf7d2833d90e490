/** People, what they may do, and how they show that it is them. */
package org.holdfast.domain.people;
