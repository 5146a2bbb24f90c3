package io.decant.bucketer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import net.openhft.hashing.Access;
import net.openhft.hashing.LongHashFunction;

/**
 * Hashes the bytes that a text with escapes stands for, and gives exactly the hash that these bytes would have in one
 * piece.
 *
 * <p>They are made as they are hashed, in a window of at most {@value #WINDOW_BYTES} bytes. A text that does not fit is
 * gone through twice: once for its length, which the hash function must know beforehand, and once for its bytes. The
 * hash function reads forward, but for the last stripe, which overlaps what came before by less than
 * {@value #KEPT_BYTES} bytes; what it read last is kept for that.
 *
 * <p>Owned by one thread.
 */
public abstract sealed class EscapedText permits JsonStringText, CsvKeyExtractor.FieldText, NumberText, FoldedText {

    /** The most bytes of a key that are held at a time. */
    static final int WINDOW_BYTES = 64 * 1024;

    /** Bytes already read that stay readable without starting over. */
    private static final int KEPT_BYTES = 1024;

    /** The most bytes that one step of {@link #decode} puts into the window. */
    static final int STEP_BYTES_MAX = 8;

    private static final int WINDOW_BYTES_MIN = 1024;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final Access<EscapedText> ACCESS = new WindowAccess();

    private byte[] window = new byte[WINDOW_BYTES_MIN];
    private long start;
    private long end;
    private long at;
    /** Which of the bytes the window begins with. */
    private long base;

    private int filled;

    EscapedText() {}

    /** Begins again: {@link #decode} is called with the text's start next. */
    abstract void rewind();

    /**
     * Puts what the text stands for into the window, as long as there is room for {@link #STEP_BYTES_MAX} bytes more
     * and text left. Puts bytes by {@link #put}.
     *
     * @param from where to go on
     * @param limit the text's end
     * @return where it stopped; {@code limit} only when there is nothing more to come
     */
    abstract long decode(long from, long limit);

    /** Whether there is room for another step. */
    final boolean hasRoom() {
        return window.length - filled >= STEP_BYTES_MAX;
    }

    final void put(int value) {
        window[filled++] = (byte) value;
    }

    /** The hash of what the {@code length} bytes at {@code address} stand for. */
    final long hash(LongHashFunction function, long address, int length) {
        begin(address, length);
        if (at == end) {
            return function.hashBytes(window, 0, filled);
        }
        long total = filled;
        while (at < end) {
            filled = 0;
            fill();
            total += filled;
        }
        restart();
        return function.hash(this, ACCESS, 0, total);
    }

    /**
     * The first {@code bytesMax} bytes of that, fewer if there are fewer, and never more than {@value #WINDOW_BYTES}.
     */
    final byte[] firstBytes(long address, int length, int bytesMax) {
        begin(address, length);
        return Arrays.copyOf(window, Math.min(filled, bytesMax));
    }

    /**
     * Writes the bytes that the text stands for to memory. Of a JSON string these are no more than it has itself.
     *
     * @return how many
     */
    public final int copyTo(long address, int length, long destination) {
        begin(address, length);
        long to = destination;
        while (true) {
            Memory.copyFromArray(window, 0, filled, to);
            to += filled;
            if (at == end) {
                return (int) (to - destination);
            }
            filled = 0;
            fill();
        }
    }

    private void begin(long address, int length) {
        reserve(length);
        start = address;
        end = address + length;
        restart();
        fill();
    }

    private void reserve(int length) {
        int needed = (int) Math.min(WINDOW_BYTES, (long) length + STEP_BYTES_MAX);
        if (window.length < needed) {
            window = new byte[Math.min(WINDOW_BYTES, Integer.highestOneBit(needed) * 2)];
        }
    }

    private void restart() {
        at = start;
        base = 0;
        filled = 0;
        rewind();
    }

    private void fill() {
        at = decode(at, end);
    }

    /** Where in the window byte {@code offset} is, with {@code bytes} bytes from there on. */
    private int index(long offset, int bytes) {
        if (offset < base) {
            restart();
        }
        while (offset + bytes > base + filled) {
            if (at == end) {
                throw new IndexOutOfBoundsException("byte " + offset + " of an escaped text");
            }
            int drop = (int) Math.min(filled, Math.max(0, offset - base - KEPT_BYTES));
            System.arraycopy(window, drop, window, 0, filled - drop);
            base += drop;
            filled -= drop;
            fill();
        }
        return (int) (offset - base);
    }

    /** How the hash function reads. */
    private static final class WindowAccess extends Access<EscapedText> {

        @Override
        public int getByte(EscapedText input, long offset) {
            int index = input.index(offset, 1);
            return input.window[index];
        }

        @Override
        public long getLong(EscapedText input, long offset) {
            int index = input.index(offset, Long.BYTES);
            return (long) LONGS.get(input.window, index);
        }

        @Override
        public ByteOrder byteOrder(EscapedText input) {
            return ByteOrder.LITTLE_ENDIAN;
        }

        @Override
        protected Access<EscapedText> reverseAccess() {
            throw new UnsupportedOperationException("hash functions read in little-endian order");
        }
    }
}
