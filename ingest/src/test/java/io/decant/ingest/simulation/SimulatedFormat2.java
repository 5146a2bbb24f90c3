package io.decant.ingest.simulation;

import io.decant.ingest.journal.Format2Entries;
import io.decant.ingest.journal.Shape;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * What no setting makes yet and the journal must hold all the same, for a share of the seeds; and a wall clock that
 * jumps by days.
 */
final class SimulatedFormat2 {

    private static final int JUMP_DAYS_MAX = 40;
    private static final int JUMP_ONE_OF = 300;

    /** Of its own, so that seeds without it stay what they were. */
    private final Random random;

    /** Whether the clients' blocks have cursors. */
    final boolean cursors;

    private final boolean reshapes;
    int reshaped;
    int jumps;

    SimulatedFormat2(long seed) {
        random = new Random(seed * 0x2545_F491_4F6C_DD1DL);
        cursors = random.nextInt(3) == 0;
        reshapes = random.nextInt(3) == 0;
    }

    /** What a server that starts now makes of the shape of its batches: the old kind, or one that needs format 2. */
    UnaryOperator<Shape> reshape() {
        if (!reshapes || random.nextInt(4) == 0) {
            return UnaryOperator.identity();
        }
        int variant = random.nextInt(6);
        return shape -> {
            reshaped++;
            return Format2Entries.known(shape, variant);
        };
    }

    /** How far somebody sets the wall clock now; seldom anything but 0. */
    long jumpMillis() {
        if (random.nextInt(JUMP_ONE_OF) > 0) {
            return 0;
        }
        jumps++;
        return TimeUnit.DAYS.toMillis(random.nextInt(2 * JUMP_DAYS_MAX) - JUMP_DAYS_MAX);
    }
}
