/**
 * What was promised: how much may be lost, how long recovery may take, what is kept. Rules only.
 */
package org.holdfast.domain.policy;
