package io.decant.bucketer;

import java.util.List;
import net.openhft.hashing.LongHashFunction;

/**
 * Several keys of a record, each of which has a namespace: the same value in two of them is two keys. A namespace can
 * have several places in the record, each of which counts. A value that is missing constrains nothing; a record has no
 * key where all are missing.
 *
 * <p>Each place is a <i>slot</i>, and the hash of each is {@link #slot}, {@value #ABSENT} where it is missing.
 */
final class SeveralKeysExtractor extends KeyExtractor {

    /** In place of a hash: there is none. A hash that would be this is taken to be 1, at the price of a collision. */
    static final long ABSENT = 0;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private final List<String> names;
    private final KeyExtractor[] extractors;
    private final int[] namespaces;
    private final boolean[] present;
    private final long[] slots;
    private final CsvRow row = new CsvRow();
    private final JsonWalk walk = new JsonWalk();
    private boolean any;

    /**
     * @param names of the namespaces
     * @param keys the places of each
     */
    SeveralKeysExtractor(List<String> names, List<List<KeyExtractor>> keys) {
        this.names = names;
        extractors = keys.stream().flatMap(List::stream).toArray(KeyExtractor[]::new);
        for (KeyExtractor each : extractors) {
            each.share(row);
            each.share(walk);
        }
        namespaces = new int[extractors.length];
        present = new boolean[extractors.length];
        slots = new long[extractors.length];
        int slot = 0;
        for (int namespace = 0; namespace < keys.size(); namespace++) {
            for (int i = 0; i < keys.get(namespace).size(); i++) {
                namespaces[slot++] = namespace;
            }
        }
    }

    private void begin() {
        any = false;
        row.forget();
        walk.forget();
        for (int slot = 0; slot < slots.length; slot++) {
            slots[slot] = ABSENT;
        }
    }

    private void found(int slot, boolean found) {
        present[slot] = found;
        any |= found;
    }

    @Override
    public boolean find(long address, int length) {
        begin();
        for (int slot = 0; slot < extractors.length; slot++) {
            found(slot, extractors[slot].find(address, length));
        }
        return any;
    }

    @Override
    boolean findInFrame(long frame) {
        begin();
        for (int slot = 0; slot < extractors.length; slot++) {
            found(slot, extractors[slot].findInFrame(frame));
        }
        return any;
    }

    @Override
    boolean findWithValue(long frame, long value, int length) {
        begin();
        for (int slot = 0; slot < extractors.length; slot++) {
            found(slot, extractors[slot].findWithValue(frame, value, length));
        }
        return any;
    }

    /** That of the first slot; the others have theirs from then on. */
    @Override
    long hash(LongHashFunction function) {
        for (int slot = 0; slot < slots.length; slot++) {
            if (present[slot]) {
                long hash = present(extractors[slot].hash(function) + (namespaces[slot] + 1) * GOLDEN);
                slots[slot] = isKnown(hash, slot) ? ABSENT : hash;
            }
        }
        return slots[0];
    }

    /** A hash that is not taken for a missing value. */
    static long present(long hash) {
        return hash == ABSENT ? 1 : hash;
    }

    @Override
    boolean hasReadJson() {
        for (KeyExtractor each : extractors) {
            if (each.hasReadJson()) {
                return true;
            }
        }
        return false;
    }

    /** Whether another place of the same namespace has the same value. */
    private boolean isKnown(long hash, int slot) {
        for (int before = slot - 1; before >= 0 && namespaces[before] == namespaces[slot]; before--) {
            if (slots[before] == hash) {
                return true;
            }
        }
        return false;
    }

    @Override
    long slot(int slot) {
        return slots[slot];
    }

    @Override
    int slots() {
        return slots.length;
    }

    @Override
    String name(int slot) {
        return names.get(namespaces[slot]);
    }

    /** Of the first that there is. */
    @Override
    public byte[] firstBytes(int bytesMax) {
        for (int slot = 0; slot < extractors.length; slot++) {
            if (present[slot]) {
                return extractors[slot].firstBytes(bytesMax);
            }
        }
        return new byte[0];
    }
}
