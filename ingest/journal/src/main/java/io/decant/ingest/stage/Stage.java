package io.decant.ingest.stage;

/**
 * One step of the pipeline, run by one thread at a time: in production by a thread of its own, in the simulation by a
 * seeded scheduler that runs all of them in one thread.
 */
public interface Stage {

    String name();

    /**
     * Does what there is to do, without waiting for anything but the disk.
     *
     * @param nowNanos the monotonic clock
     * @return whether anything was done; if not, the thread may sleep until it is woken or {@link #wakeAtNanos}
     */
    boolean work(long nowNanos);

    /**
     * Whether a turn may take as long as a filesystem elsewhere does: that such a stage does not move for a while says
     * nothing about this server's health.
     */
    default boolean waitsForOthers() {
        return false;
    }

    /** Told that no turn will follow the one that it may be in, which should end soon; any thread. */
    default void stopping() {}

    /** When {@link #work} has something to do by time alone; {@link Long#MAX_VALUE}: never. */
    long wakeAtNanos();

    /** Whether a sync of the journal gives it something to do; any thread. */
    default boolean awaitsSync() {
        return false;
    }

    /** Makes it check for work again. Always the same object. */
    StageWaker waker();
}
