package io.decant.loadtest.limit;

import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Lines;
import io.decant.bucketer.Memory;
import io.decant.loadtest.load.LinesFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** {@code limit assign}: an open-addressing table of hash, line, and length with count. */
final class JavaAssign {

    private static final long SLOT_BYTES = 3L * Long.BYTES;

    private final KeyHasher hasher = Keying.wholeRecord(0).newHasher();
    private final boolean exact;
    private final long mask;
    private final long table;
    private long seen;
    private long distinct;
    private long highest;

    private JavaAssign(long records, boolean exact) {
        this.exact = exact;
        long slots = Long.highestOneBit(Math.max(1, 2 * records - 1)) << 1;
        this.mask = slots - 1;
        this.table = Memory.allocateZeroed(slots * SLOT_BYTES);
    }

    static void run(Path file, long records, boolean exact) throws IOException {
        try (LinesFile lines = LinesFile.open(file)) {
            lines.touch();
            long start = System.nanoTime();
            JavaAssign assign = new JavaAssign(records, exact);
            for (ByteBuffer map : lines.maps()) {
                assign.countLines(Memory.addressOf(map), map.capacity());
            }
            System.out.println("records " + assign.seen + " distinct " + assign.distinct + " highest " + assign.highest
                    + " nanos " + (System.nanoTime() - start));
        }
    }

    private void countLines(long address, long bytes) {
        long end = address + bytes;
        for (long line = address, stop = Lines.nextNewline(line, end);
                stop != Lines.NONE;
                line = stop + 1, stop = Lines.nextNewline(line, end)) {
            count(line, (int) (stop - line));
        }
    }

    private void count(long line, int length) {
        long hash = hasher.hash(line, length);
        long slot = table + (hash & mask) * SLOT_BYTES;
        while (Memory.getLong(slot + 2 * Long.BYTES) != 0 && !holds(slot, hash, line, length)) {
            slot += SLOT_BYTES;
            if (slot == table + (mask + 1) * SLOT_BYTES) {
                slot = table;
            }
        }
        long lengthAndCount = Memory.getLong(slot + 2 * Long.BYTES);
        if (lengthAndCount == 0) {
            Memory.putLong(slot, hash);
            Memory.putLong(slot + Long.BYTES, line);
            lengthAndCount = (long) length << Integer.SIZE;
            distinct++;
        }
        lengthAndCount++;
        Memory.putLong(slot + 2 * Long.BYTES, lengthAndCount);
        highest = Math.max(highest, lengthAndCount & 0xFFFFFFFFL);
        seen++;
    }

    private boolean holds(long slot, long hash, long line, int length) {
        if (Memory.getLong(slot) != hash) {
            return false;
        }
        return !exact
                || (Memory.getLong(slot + 2 * Long.BYTES) >>> Integer.SIZE == length
                        && same(Memory.getLong(slot + Long.BYTES), line, length));
    }

    private static boolean same(long one, long other, int length) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            if (Memory.getLong(one + i) != Memory.getLong(other + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (Memory.getByte(one + i) != Memory.getByte(other + i)) {
                return false;
            }
        }
        return true;
    }
}
