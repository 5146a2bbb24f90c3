package io.decant.bucketer.transform;

import io.decant.bucketer.Memory;
import java.util.Arrays;

/**
 * Where values are built, one after the other, off the heap. A value that is finished stays where it is until
 * {@link #reset}; the one that is being built may move while it grows. The first page is kept for the next record, what
 * a larger one took beside it is given back.
 *
 * <p>Owned by one thread.
 */
final class BuildMemory implements AutoCloseable {

    private static final int PAGE_BYTES = 64 << 10;
    private static final int ONE_BYTE_MAX = 0x7F;
    private static final int TWO_BYTES_MAX = 0x7FF;
    private static final int THREE_BYTES_MAX = 0xFFFF;

    private final long bytesMax;
    private final Runnable full;
    private long[] pages = new long[2];
    private long[] pageBytes = new long[2];
    private int count;
    private long start;
    private long at;
    private long end;
    private long built;

    /**
     * @param bytesMax most bytes of all values of one record
     * @param full called where there would be more; throws
     */
    BuildMemory(long bytesMax, Runnable full) {
        this.bytesMax = bytesMax;
        this.full = full;
    }

    /** Begins a value. */
    void begin() {
        start = at;
    }

    void put(int value) {
        if (at == end) {
            grow(1);
        }
        Memory.putByte(at++, (byte) value);
    }

    /** In UTF-8. */
    void putCharacter(int character) {
        if (character <= ONE_BYTE_MAX) {
            put(character);
        } else if (character <= TWO_BYTES_MAX) {
            put(0xC0 | (character >> 6));
            put(0x80 | (character & 0x3F));
        } else if (character <= THREE_BYTES_MAX) {
            put(0xE0 | (character >> 12));
            put(0x80 | ((character >> 6) & 0x3F));
            put(0x80 | (character & 0x3F));
        } else {
            put(0xF0 | (character >> 18));
            put(0x80 | ((character >> 12) & 0x3F));
            put(0x80 | ((character >> 6) & 0x3F));
            put(0x80 | (character & 0x3F));
        }
    }

    void put(byte[] text) {
        reserve(text.length);
        Memory.copyFromArray(text, 0, text.length, at);
        at += text.length;
    }

    void copy(long from, long bytes) {
        reserve(bytes);
        Memory.copy(from, at, bytes);
        at += bytes;
    }

    /** Makes room for so many bytes more; where they begin. */
    long reserve(long bytes) {
        if (end - at < bytes) {
            grow(bytes);
        }
        return at;
    }

    /** Takes so many of the bytes that were reserved for written. */
    void advance(long bytes) {
        at += bytes;
    }

    /** Where the value begins that is being built, or was finished last. */
    long address() {
        if (start == 0) {
            grow(1);
        }
        return start;
    }

    /** Finishes the value; how many bytes it has. */
    int finish() {
        long bytes = at - start;
        built += bytes;
        if (built > bytesMax) {
            full.run();
        }
        return (int) bytes;
    }

    /** Forgets the value that is being built. */
    void cancel() {
        at = start;
    }

    /** Forgets all values. */
    void reset() {
        if (count == 0) {
            return;
        }
        // Mostly there is one page, and it stays.
        while (count > 1) {
            count--;
            Memory.free(pages[count], pageBytes[count]);
        }
        if (count == 1 && pageBytes[0] > PAGE_BYTES) {
            count = 0;
            Memory.free(pages[0], pageBytes[0]);
        }
        at = count == 0 ? 0 : pages[0];
        end = count == 0 ? 0 : at + pageBytes[0];
        start = at;
        built = 0;
    }

    private void grow(long bytes) {
        long value = at - start;
        if (built + value + bytes > bytesMax) {
            full.run();
        }
        long needed = Math.max(PAGE_BYTES, 2 * (value + bytes));
        if (count == pages.length) {
            pages = Arrays.copyOf(pages, 2 * count);
            pageBytes = Arrays.copyOf(pageBytes, 2 * count);
        }
        long page = Memory.allocate(needed);
        pages[count] = page;
        pageBytes[count] = needed;
        count++;
        if (value > 0) {
            Memory.copy(start, page, value);
        }
        start = page;
        at = page + value;
        end = page + needed;
    }

    @Override
    public void close() {
        while (count > 0) {
            count--;
            Memory.free(pages[count], pageBytes[count]);
        }
        start = 0;
        at = 0;
        end = 0;
        built = 0;
    }
}
