package io.decant.offload.client;

import io.decant.offload.protocol.DriverAnswer;
import java.util.Optional;

/**
 * An offloader at one moment.
 *
 * @param application what Spark calls it; empty as long as it is not {@link State#READY}
 * @param progress of the job under way, as far as it is known
 * @param waitsFor what keeps the job, or the start, from moving, for a person; empty where nothing does
 * @param predicted what is expected of the job under way, for a person; empty as long as that is not known
 */
public record OffloaderStatus(
        State state, String application, Optional<DriverAnswer.Progress> progress, String waitsFor, String predicted) {

    /** How far it is. */
    public enum State {
        /** Not needed yet, or ended; the next job starts it. */
        STOPPED,
        /** The process runs and waits for Spark: on YARN perhaps for room. */
        STARTING,
        /** It takes jobs. */
        READY
    }

    /** That of one that does not run. */
    public static final OffloaderStatus STOPPED = new OffloaderStatus(State.STOPPED, "", Optional.empty(), "", "");
}
