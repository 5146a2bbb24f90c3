/** Jobs that come with Decant, for a sink of type {@code spark} or {@code decant job}, and to copy from. */
package io.decant.jobs;
