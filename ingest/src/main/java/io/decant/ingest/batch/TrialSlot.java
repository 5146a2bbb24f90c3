package io.decant.ingest.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * What is known of one batch's trials, and its bytes. Guarded by {@link BatchTrials}.
 *
 * <pre>
 *   TRYING --third failure--> SEARCHING --a record fails by itself--> FOUND --it is set aside--> TRYING
 *      |                          |
 *      | loaded                   | none does: UNEXPLAINED, tried on by one thread
 *      v                          v
 *   (tries = 0) &lt;----------------+
 * </pre>
 */
final class TrialSlot {

    private static final int MAGIC = 0x44_54_52_31;

    /** Where a batch stands. */
    enum Phase {
        TRYING(1),
        SEARCHING(2),
        FOUND(3),
        UNEXPLAINED(4);

        /** As it stands in the file. */
        private final byte code;

        Phase(int code) {
            this.code = (byte) code;
        }

        private static Phase of(byte code) {
            return Stream.of(values())
                    .filter(phase -> phase.code == code)
                    .findFirst()
                    .orElse(null);
        }
    }

    /** Of a batch that was never tried here. */
    static final int NOT_KNOWN = -1;

    /** No range is being looked at. */
    static final long NOTHING = -1;

    /** Number of the batch. */
    final long batch;

    Phase phase = Phase.TRYING;
    /** Whether it was in memory whole at any time, so that a sink may have begun it. */
    boolean loaded;
    /** Whether the same may be true of each batch before this one that has no slot of its own: it has their places. */
    boolean loadedBefore;
    /** Tries that were begun since it was last in memory, or since a record of it was last set aside. */
    int tries;
    /** Records that were set aside when the search began: the ordinals below do not count those. */
    int excluded = NOT_KNOWN;
    /** Of the search: the records that one is among which fails. */
    long from;

    long to;
    /** The range that is being looked at; {@link #NOTHING} where none is. */
    long probeFrom = NOTHING;

    long probeTo;
    /** How often the one record that is left has failed by itself. */
    int fails;
    /** How often the search has begun from the beginning. */
    int rounds;
    /** Memory that the tries had, in bytes: with other memory counting starts again. */
    long memory;

    /** Whether its sinks were stopped: the next process begins with one try. */
    boolean stopped;

    /** Why its sinks were stopped in this process; empty where they were not. */
    String stop = "";
    /** What is said until it is tried again; empty if it may be tried immediately. */
    String failure = "";
    /** When it is tried again, by the monotonic clock. */
    long retryNanos;

    /** What it failed by in this process; empty where it ended another one. */
    String cause = "";

    TrialSlot(long batch) {
        this.batch = batch;
    }

    /** @param journalId slots of another journal mean nothing */
    ByteBuffer encode(int journalId) {
        ByteBuffer bytes = ByteBuffer.allocate(TrialStore.SLOT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(0).putInt(MAGIC).putInt(journalId);
        bytes.put(phase.code)
                .put((byte) (loadedBefore ? 2 : loaded ? 1 : 0))
                .put((byte) (stopped ? 1 : 0))
                .put((byte) 0);
        bytes.putLong(batch).putInt(tries).putInt(excluded);
        bytes.putLong(from).putLong(to).putLong(probeFrom).putLong(probeTo);
        bytes.putInt(fails).putInt(rounds).putLong(memory);
        bytes.putInt(0, crc(bytes));
        return bytes.clear();
    }

    /** Null where there is none, or one that was not written whole, or is of another journal. */
    static TrialSlot decode(ByteBuffer from, int journalId) {
        ByteBuffer bytes = from.order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.getInt(0) != crc(bytes) || bytes.getInt(4) != MAGIC || bytes.getInt(8) != journalId) {
            return null;
        }
        bytes.position(12);
        Phase phase = Phase.of(bytes.get());
        if (phase == null) {
            return null;
        }
        byte loaded = bytes.get();
        boolean stopped = bytes.get() != 0;
        bytes.get();
        TrialSlot slot = new TrialSlot(bytes.getLong());
        slot.phase = phase;
        slot.stopped = stopped;
        slot.loaded = loaded != 0;
        slot.loadedBefore = loaded == 2;
        slot.tries = bytes.getInt();
        slot.excluded = bytes.getInt();
        slot.from = bytes.getLong();
        slot.to = bytes.getLong();
        slot.probeFrom = bytes.getLong();
        slot.probeTo = bytes.getLong();
        slot.fails = bytes.getInt();
        slot.rounds = bytes.getInt();
        slot.memory = bytes.getLong();
        return slot;
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate().position(Integer.BYTES).limit(TrialStore.SLOT_BYTES));
        return (int) crc.getValue();
    }

    /** Begins the search, from the beginning. */
    void search(long records, int setAside) {
        phase = Phase.SEARCHING;
        excluded = setAside;
        from = 0;
        to = records;
        probeFrom = NOTHING;
        fails = 0;
        rounds++;
    }

    /** The range that was looked at fails. */
    void failed() {
        boolean alone = to - from == 1;
        from = probeFrom;
        to = probeTo;
        probeFrom = NOTHING;
        fails = alone ? fails + 1 : to - from == 1 ? 1 : 0;
    }

    /** Forgets what is known of its failures. */
    void anew() {
        phase = Phase.TRYING;
        tries = 0;
        probeFrom = NOTHING;
        fails = 0;
        rounds = 0;
        cause = "";
        failure = "";
        stopped = false;
    }
}
