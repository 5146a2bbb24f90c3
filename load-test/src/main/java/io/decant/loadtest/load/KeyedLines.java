package io.decant.loadtest.load;

import io.decant.bucketer.Chunks;
import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * CSV rows of {@value #LINE_BYTES} bytes in memory whose first three columns are keys: of each, one record in ten has
 * the value of an earlier record. Owned by one thread.
 */
public final class KeyedLines implements AutoCloseable {

    /** How many columns are keys. */
    public static final int KEYS = 3;

    /** Of a row with its newline. */
    public static final int LINE_BYTES = 41;

    private static final int CHUNK_RECORDS = 10_000;
    private static final int FIRST_VALUE = 10_000_000;
    private static final int ONE_IN = 10;
    private static final int PERCENT = 100;

    private final long memory;
    private final long bytes;
    private final Chunks chunks = new Chunks();

    /** @param hotPercent percentage of the records that have one and the same first key */
    public KeyedLines(int records, int hotPercent, long seed) {
        bytes = (long) records * LINE_BYTES;
        memory = Memory.allocate(bytes);
        SplittableRandom random = new SplittableRandom(seed);
        for (int record = 0; record < records; record++) {
            byte[] line = line(random, record, hotPercent);
            Memory.copyFromArray(line, 0, LINE_BYTES, memory + (long) record * LINE_BYTES);
        }
        for (int first = 0; first < records; first += CHUNK_RECORDS) {
            int count = Math.min(CHUNK_RECORDS, records - first);
            chunks.add(memory + (long) first * LINE_BYTES, count * LINE_BYTES, count, first);
        }
    }

    private static byte[] line(SplittableRandom random, int record, int hotPercent) {
        StringBuilder line = new StringBuilder();
        for (int key = 0; key < KEYS; key++) {
            boolean again = random.nextInt(ONE_IN) == 0;
            int value = FIRST_VALUE + (again ? random.nextInt(record + 1) : record);
            boolean hot = key == 0 && random.nextInt(PERCENT) < hotPercent;
            line.append('k').append(hot ? 0 : value).append(',');
        }
        line.append("x".repeat(LINE_BYTES - 1 - line.length())).append('\n');
        return line.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** All rows; closed by this. */
    public Chunks chunks() {
        return chunks;
    }

    @Override
    public void close() {
        chunks.close();
        Memory.free(memory, bytes);
    }
}
