package io.decant.bucketer;

import java.util.Arrays;

/**
 * A batch divided into ranges of whole chunks, about equal in records, for threads to work on. A range may be empty.
 *
 * @param firstChunk the chunk each range begins with; one element more than ranges, the last the number of chunks
 * @param firstRecord the record each range begins with; likewise
 * @param keyedEnd where a range's records that belong to buckets end: with its last record, unless {@link KeyedScanner}
 *     left some out
 */
@SuppressWarnings("ArrayRecordComponent") // Internal, never compared.
record Ranges(int[] firstChunk, int[] firstRecord, int[] keyedEnd) {

    static Ranges of(Chunks chunks, int count) {
        int[] firstChunk = new int[count + 1];
        int[] firstRecord = new int[count + 1];
        for (int range = 0; range <= count; range++) {
            firstChunk[range] = chunks.chunkFrom(chunks.records() * range / count);
            firstRecord[range] = chunks.firstRecord(firstChunk[range]);
        }
        return new Ranges(firstChunk, firstRecord, Arrays.copyOfRange(firstRecord, 1, count + 1));
    }

    int count() {
        return firstChunk.length - 1;
    }
}
