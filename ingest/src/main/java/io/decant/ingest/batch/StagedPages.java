package io.decant.ingest.batch;

import io.decant.bucketer.Memory;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.PositionedInput;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded window of native memory over files: pages of them, those that were not used for longest making room for
 * others. What crosses the end of a page is put together in a place of its own.
 *
 * <p>Owned by one thread. After a failed read everything may be tried again: the files are opened again.
 */
final class StagedPages implements AutoCloseable {

    /** Below this a page is read for little more than its request. */
    static final int PAGE_BYTES_MIN = 8 << 10;
    /** Beyond this a page holds more than a file gives in one read. */
    static final int PAGE_BYTES_MAX = 256 << 10;
    /** Of two files, one page each and one to come. */
    private static final int PAGES_MIN = 4;

    private static final long NOWHERE = -1;

    private static final Logger log = LoggerFactory.getLogger(StagedPages.class);

    private final BatchFiles files;
    private final List<String> names;
    private final int pageBytes;
    private final int pagesMax;
    private final byte[] buffer;
    private final Map<Integer, PositionedInput> inputs = new HashMap<>();
    private final Map<Integer, Long> lengths = new HashMap<>();
    /** Address by file and page, the one that was not used for longest first. */
    private final LinkedHashMap<Long, Long> pages = new LinkedHashMap<>(16, 0.75f, true);

    /** The page that was used last, whose lookup is most of them. */
    private int file;

    private long pageStart = NOWHERE;
    private long pageEnd = NOWHERE;
    private long pageAddress;
    private long scratch;
    private long scratchBytes;

    /** @param windowBytes about how much memory the pages may take, what crosses their ends aside */
    StagedPages(BatchFiles files, List<String> names, long windowBytes) {
        this.files = files;
        this.names = List.copyOf(names);
        long even = Long.highestOneBit(Math.max(1, windowBytes / (2L * Math.max(1, names.size()))));
        this.pageBytes = (int) Math.max(PAGE_BYTES_MIN, Math.min(PAGE_BYTES_MAX, even));
        this.pagesMax = (int) Math.max(PAGES_MIN, windowBytes / pageBytes);
        this.buffer = new byte[pageBytes];
    }

    /** The length of a file, in bytes. */
    long length(int of) {
        Long known = lengths.get(of);
        if (known == null) {
            try {
                known = input(of).length();
            } catch (IOException e) {
                throw failed(of, e);
            }
            lengths.put(of, known);
        }
        return known;
    }

    /**
     * Where a range of a file lies in memory, until the next call.
     *
     * @throws StagedReadException where it cannot be read
     */
    long address(int of, long offset, long bytes) {
        if (of == file && offset >= pageStart && offset + bytes <= pageEnd) {
            return pageAddress + (offset - pageStart);
        }
        turnTo(of, offset);
        if (offset + bytes <= pageEnd) {
            return pageAddress + (offset - pageStart);
        }
        return gather(of, offset, bytes);
    }

    private long gather(int of, long offset, long bytes) {
        if (bytes > scratchBytes) {
            long grown = Math.max(bytes, 2 * scratchBytes);
            freeScratch();
            scratch = Memory.allocate(grown);
            scratchBytes = grown;
        }
        for (long at = offset; at < offset + bytes; at = pageEnd) {
            turnTo(of, at);
            long length = Math.min(pageEnd, offset + bytes) - at;
            Memory.copy(pageAddress + (at - pageStart), scratch + (at - offset), length);
        }
        return scratch;
    }

    private void turnTo(int of, long offset) {
        long number = offset / pageBytes;
        long key = ((long) of << Integer.SIZE) | number;
        Long address = pages.get(key);
        long end = Math.min(length(of), (number + 1) * pageBytes);
        if (offset >= end) {
            throw failed(of, new IOException("ends at " + end + ", and is read at " + offset));
        }
        if (address == null) {
            address = load(of, key, number * pageBytes, (int) (end - number * pageBytes));
        }
        file = of;
        pageStart = number * pageBytes;
        pageEnd = end;
        pageAddress = address;
    }

    private long load(int of, long key, long start, int bytes) {
        try {
            input(of).readFully(start, buffer, 0, bytes);
        } catch (IOException e) {
            throw failed(of, e);
        }
        long address = room();
        Memory.copyFromArray(buffer, 0, bytes, address);
        pages.put(key, address);
        return address;
    }

    private long room() {
        if (pages.size() < pagesMax) {
            return Memory.allocate(pageBytes);
        }
        var oldest = pages.entrySet().iterator();
        long address = oldest.next().getValue();
        oldest.remove();
        pageStart = NOWHERE;
        pageEnd = NOWHERE;
        return address;
    }

    private PositionedInput input(int of) throws IOException {
        PositionedInput open = inputs.get(of);
        if (open == null) {
            open = files.openPositioned(names.get(of));
            inputs.put(of, open);
        }
        return open;
    }

    private StagedReadException failed(int of, IOException e) {
        closeInputs();
        return new StagedReadException(names.get(of), e);
    }

    private void closeInputs() {
        for (PositionedInput input : inputs.values()) {
            try {
                input.close();
            } catch (IOException e) {
                // It was only read from.
                log.debug("closing a staged file", e);
            }
        }
        inputs.clear();
    }

    private void freeScratch() {
        if (scratch != 0) {
            Memory.free(scratch, scratchBytes);
            scratch = 0;
            scratchBytes = 0;
        }
    }

    /** Frees the memory and closes the files. Again: nothing. */
    @Override
    public void close() {
        closeInputs();
        pages.values().forEach(address -> Memory.free(address, pageBytes));
        pages.clear();
        pageStart = NOWHERE;
        pageEnd = NOWHERE;
        freeScratch();
    }
}
