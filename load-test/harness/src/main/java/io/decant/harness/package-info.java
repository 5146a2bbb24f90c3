/**
 * What stands around a server in the demo, in load tests and in tests: a broker as a process, a receiver, and the check
 * that what was delivered is what was sent.
 *
 * <p>Knows a server only as an outsider does: by its requests and their {@code Decant-} headers. Sender and receiver
 * share nothing but the seed of the hash by which they compare what went in with what came out.
 */
package io.decant.harness;
