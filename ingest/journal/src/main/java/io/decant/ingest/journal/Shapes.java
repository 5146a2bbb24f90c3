package io.decant.ingest.journal;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The shapes that cuts of format 2 can refer to by a number. A number means one shape within a segment: it stands in
 * the segment's checkpoint, or in an entry of the segment. Changed by applying entries alone, so that the writer and
 * recovery hold the same ones. Owned by the thread that owns the {@link JournalState}.
 */
final class Shapes {

    /**
     * Most shapes that are held; of more the one that was not used for longest is dropped, and is written again when it
     * is used.
     */
    static final int HELD_MAX = 4;

    /** By number, the least recently used one first. */
    private final Map<Integer, Shape> held = new LinkedHashMap<>();
    /** Those that were written or used since the last checkpoint. */
    private final Set<Integer> used = new HashSet<>();

    /** Those that are held, by number, the least recently used one first. */
    Map<Integer, Shape> held() {
        return held;
    }

    /** The number of a shape that is held; 0 where it is not. */
    int numberOf(Shape shape) {
        for (Map.Entry<Integer, Shape> entry : held.entrySet()) {
            if (entry.getValue().equals(shape)) {
                return entry.getKey();
            }
        }
        return 0;
    }

    /** The number of the next shape that is written: behind the newest one, which is always held. */
    int nextNumber() {
        return held.keySet().stream().mapToInt(Integer::intValue).max().orElse(0) + 1;
    }

    /** Takes one over from a checkpoint. */
    void restore(int number, Shape shape) {
        held.put(number, shape);
    }

    /** Applies an entry that holds a shape. */
    void add(int number, Shape shape) {
        if (number < nextNumber()) {
            throw new IllegalStateException("shape " + number + " comes behind shape " + (nextNumber() - 1));
        }
        held.put(number, shape);
        used.add(number);
        if (held.size() > HELD_MAX) {
            int oldest = held.keySet().iterator().next();
            held.remove(oldest);
            used.remove(oldest);
        }
    }

    /** Applies a cut that refers to a shape. */
    void use(int number) {
        Shape shape = held.remove(number);
        if (shape == null) {
            throw new IllegalStateException("a cut refers to shape " + number + ", which is not held");
        }
        held.put(number, shape);
        used.add(number);
    }

    /**
     * Before a checkpoint: drops those that nothing used since the one before it. So a server whose settings need
     * format 2 no longer writes checkpoints of format 1 again.
     */
    void dropUnused() {
        held.keySet().retainAll(used);
        used.clear();
    }
}
