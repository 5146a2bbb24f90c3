package io.decant.bucketer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory for what transforms build of the records of a batch: as much as it may take, and no more. What finds no room
 * is built again whenever it is read. Thread-safe; each thread fills {@link Page pages} of its own.
 */
final class OutputMemory implements AutoCloseable {

    /** Of most records; a larger one has a page of its own. */
    private static final long PAGE_BYTES = 256 << 10;

    private final AtomicLong bytesLeft;
    private volatile boolean ranOut;
    /** Addresses and sizes by turns; guarded by this. */
    private final List<long[]> pages = new ArrayList<>();

    OutputMemory(long bytesMax) {
        bytesLeft = new AtomicLong(bytesMax);
    }

    /** Where one thread puts outputs, one behind the other. */
    final class Page {
        private long at;
        private long end;

        /** Room for so many bytes; 0 where there is none. */
        long take(long bytes) {
            if (end - at < bytes && !turn(bytes)) {
                return 0;
            }
            long taken = at;
            at += bytes;
            return taken;
        }

        private boolean turn(long bytes) {
            long wanted = Math.max(PAGE_BYTES, bytes);
            if (bytesLeft.addAndGet(-wanted) < 0) {
                bytesLeft.addAndGet(wanted);
                ranOut = true;
                return false;
            }
            at = allocate(wanted);
            end = at + wanted;
            return true;
        }
    }

    /** Whether something found no room. */
    boolean ranOut() {
        return ranOut;
    }

    private synchronized long allocate(long bytes) {
        long address = Memory.allocate(bytes);
        pages.add(new long[] {address, bytes});
        return address;
    }

    @Override
    public synchronized void close() {
        pages.forEach(page -> Memory.free(page[0], page[1]));
        pages.clear();
    }
}
