/**
 * What a server remembers of the last minutes, for people who look at it: the last events, the last batches, and a
 * value a second of what it does. It knows nothing of the pipeline, which tells it what happens, a few times for each
 * batch.
 *
 * <p>Everything here has a fixed size, and nothing waits for a reader. What a restart forgets, it says.
 */
package io.decant.ingest.history;
