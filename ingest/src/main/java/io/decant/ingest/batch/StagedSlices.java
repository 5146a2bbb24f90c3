package io.decant.ingest.batch;

import io.decant.offload.staging.RunEntry;
import java.util.Arrays;

/**
 * A sequence of entries that lies in slices of several runs, found by ordinals: those of a bucket, or all without a
 * key. Going on to the next entry costs nothing; to another one, a walk from the nearest known place before it. Such
 * places are noted on the way, at first every {@value #STRIDE} entries, and ever fewer when they become many: so a
 * sequence of any length takes the same little memory.
 *
 * <p>Owned by one thread.
 */
final class StagedSlices {

    private static final int STRIDE = 64;
    private static final int PLACES_MAX = 16 << 10;

    private final StagedPages pages;

    /** Slice i has the entries from {@code first[i]} up to {@code first[i + 1]}. */
    private long[] first = new long[1];

    private int[] file = new int[0];
    private long[] offset = new long[0];
    private int slices;

    /** Ordinals and offsets of known places, ascending. */
    private final long[] placeOrdinal = new long[PLACES_MAX];

    private final long[] placeOffset = new long[PLACES_MAX];
    private int places;
    private long stride = STRIDE;

    /** Where it is turned to. */
    private long ordinal = -1;

    private int slice;
    private long at;
    private long bytes;
    private long address;

    StagedSlices(StagedPages pages) {
        this.pages = pages;
    }

    /** Begins another sequence, of no entries yet. */
    void clear() {
        slices = 0;
        places = 0;
        stride = STRIDE;
        ordinal = -1;
    }

    /** Appends a slice. */
    void add(int sliceFile, long sliceOffset, long entries) {
        if (slices == file.length) {
            int grown = Math.max(16, 2 * slices);
            file = Arrays.copyOf(file, grown);
            offset = Arrays.copyOf(offset, grown);
            first = Arrays.copyOf(first, grown + 1);
        }
        file[slices] = sliceFile;
        offset[slices] = sliceOffset;
        first[slices + 1] = first[slices] + entries;
        slices++;
    }

    /** How many entries. */
    long size() {
        return first[slices];
    }

    /**
     * Turns to an entry that there is.
     *
     * @return its address, until the next call here or of the pages
     */
    long turnTo(long wanted) {
        if (wanted != ordinal) {
            if (wanted == ordinal + 1 && ordinal >= 0) {
                step();
            } else {
                jump(wanted);
            }
        }
        return address;
    }

    /** The file of the slice in which the entry lies. */
    int file() {
        return file[slice];
    }

    private void step() {
        long next = ordinal + 1;
        // Until it is read whole it is turned to nothing: reading may fail.
        ordinal = -1;
        if (next < first[slice + 1]) {
            show(next, slice, at + bytes);
        } else {
            show(next, slice + 1, offset[slice + 1]);
        }
    }

    private void jump(long wanted) {
        int found = Arrays.binarySearch(first, 0, slices + 1, wanted);
        int in = found >= 0 ? found : -found - 2;
        long from = first[in];
        long place = offset[in];
        int known = knownAt(wanted);
        if (known >= 0 && placeOrdinal[known] > from) {
            from = placeOrdinal[known];
            place = placeOffset[known];
        }
        if (ordinal > from && ordinal < wanted && slice == in) {
            from = ordinal;
            place = at;
        }
        ordinal = -1;
        for (; from < wanted; from++) {
            place += RunEntry.bytes(pages.address(file[in], place, RunEntry.HEADER_BYTES));
            note(from + 1, place);
        }
        show(wanted, in, place);
    }

    private int knownAt(long wanted) {
        int found = Arrays.binarySearch(placeOrdinal, 0, places, wanted);
        return found >= 0 ? found : -found - 2;
    }

    private void show(long shown, int in, long place) {
        bytes = RunEntry.bytes(pages.address(file[in], place, RunEntry.HEADER_BYTES));
        address = pages.address(file[in], place, bytes);
        slice = in;
        at = place;
        ordinal = shown;
        note(shown, place);
    }

    private void note(long noted, long place) {
        if (noted % stride != 0 || (places > 0 && placeOrdinal[places - 1] >= noted)) {
            return;
        }
        if (places == PLACES_MAX) {
            thin();
            if (noted % stride != 0) {
                return;
            }
        }
        placeOrdinal[places] = noted;
        placeOffset[places] = place;
        places++;
    }

    private void thin() {
        stride *= 2;
        int kept = 0;
        for (int i = 0; i < places; i++) {
            if (placeOrdinal[i] % stride == 0) {
                placeOrdinal[kept] = placeOrdinal[i];
                placeOffset[kept] = placeOffset[i];
                kept++;
            }
        }
        places = kept;
    }
}
