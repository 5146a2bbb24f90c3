package io.decant.bucketer;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import net.openhft.hashing.LongHashFunction;

/**
 * Several values that are a key together. Where one of them is missing, so is the key. What is hashed is the hashes of
 * the values, in order: 8 bytes each, so {@code a, bc} and {@code ab, c} are two keys.
 */
final class CompositeKeyExtractor extends KeyExtractor {

    private final KeyExtractor[] parts;
    private final long[] hashes;
    private final CsvRow row = new CsvRow();
    private final JsonWalk walk = new JsonWalk();
    private boolean json;

    CompositeKeyExtractor(List<KeyExtractor> parts) {
        this.parts = parts.toArray(new KeyExtractor[0]);
        this.hashes = new long[this.parts.length];
        share(row);
        share(walk);
    }

    @Override
    void share(CsvRow others) {
        for (KeyExtractor part : parts) {
            part.share(others);
        }
    }

    @Override
    void share(JsonWalk others) {
        for (KeyExtractor part : parts) {
            part.share(others);
        }
    }

    @Override
    public boolean find(long address, int length) {
        row.forget();
        walk.forget();
        json = false;
        for (KeyExtractor part : parts) {
            boolean found = part.find(address, length);
            json |= part.hasReadJson();
            if (!found) {
                return false;
            }
        }
        return true;
    }

    @Override
    boolean findInFrame(long frame) {
        row.forget();
        walk.forget();
        json = false;
        for (KeyExtractor part : parts) {
            boolean found = part.findInFrame(frame);
            json |= part.hasReadJson();
            if (!found) {
                return false;
            }
        }
        return true;
    }

    @Override
    boolean findWithValue(long frame, long value, int length) {
        row.forget();
        walk.forget();
        json = false;
        for (KeyExtractor part : parts) {
            boolean found = part.findWithValue(frame, value, length);
            json |= part.hasReadJson();
            if (!found) {
                return false;
            }
        }
        return true;
    }

    @Override
    long hash(LongHashFunction function) {
        for (int part = 0; part < parts.length; part++) {
            hashes[part] = parts[part].hash(function);
        }
        return function.hashLongs(hashes);
    }

    /** As one of the parts that were looked for has found. */
    @Override
    boolean hasReadJson() {
        return json;
    }

    /** A JSON array of the values as texts. */
    @Override
    public byte[] firstBytes(int bytesMax) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write('[');
        for (int part = 0; part < parts.length && bytes.size() < bytesMax; part++) {
            if (part > 0) {
                bytes.write(',');
            }
            JsonQuotes.write(parts[part].firstBytes(bytesMax), bytes);
        }
        bytes.write(']');
        byte[] all = bytes.toByteArray();
        return all.length <= bytesMax ? all : Arrays.copyOf(all, bytesMax);
    }

    @Override
    boolean isPlain() {
        return false;
    }

    @Override
    boolean isJson() {
        return true;
    }

    @Override
    long copyBytesMax() {
        long bytes = 1;
        long longest = 0;
        for (KeyExtractor part : parts) {
            bytes += JsonQuotes.bytesMax(part.copyBytesMax()) + 1;
            longest = Math.max(longest, part.copyBytesMax());
        }
        return bytes + longest;
    }

    /**
     * A JSON array of the values as texts. A value is written behind all that the array may take, and quoted from
     * there.
     */
    @Override
    int copyTo(long destination) {
        long longest = 0;
        for (KeyExtractor part : parts) {
            longest = Math.max(longest, part.copyBytesMax());
        }
        long value = destination + copyBytesMax() - longest;
        long to = destination;
        byte before = '[';
        for (KeyExtractor part : parts) {
            Memory.putByte(to, before);
            to = JsonQuotes.write(value, part.copyTo(value), to + 1);
            before = ',';
        }
        Memory.putByte(to, (byte) ']');
        return (int) (to + 1 - destination);
    }

    @Override
    boolean isComparedAsShown() {
        return false;
    }

    @Override
    long comparedBytesMax() {
        long bytes = 0;
        for (KeyExtractor part : parts) {
            bytes += Integer.BYTES + part.comparedBytesMax();
        }
        return bytes;
    }

    /** Each value behind its length, so that it matters where one ends. */
    @Override
    int copyComparedTo(long destination) {
        long to = destination;
        for (KeyExtractor part : parts) {
            int bytes = part.copyComparedTo(to + Integer.BYTES);
            Memory.putInt(to, bytes);
            to += Integer.BYTES + (long) bytes;
        }
        return (int) (to - destination);
    }
}
