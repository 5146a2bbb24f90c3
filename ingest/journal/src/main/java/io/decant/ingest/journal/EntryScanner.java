package io.decant.ingest.journal;

import io.decant.ingest.journal.EntryCodec.Verdict;
import java.nio.ByteBuffer;

/**
 * Walks the good entries of a segment as they lie on disk, and says where some are missing.
 *
 * <p>The walk goes from document to document by their headers, which no checksum covers, and past Chronicle's own
 * documents. It trusts none of them: wherever that way does not lead to the entry with the next ordinal, it searches
 * for it. An entry proves itself by magic, checksum, journal id, and the position that it claims; its length, should
 * its document's header be damaged, follows from where the next one begins. So damage outside of entries costs nothing.
 */
final class EntryScanner {

    private static final int DOCUMENT_HEADER_BYTES = Integer.BYTES;
    private static final int LENGTH_MASK = 0x3FFF_FFFF;
    private static final int FLAGS_MASK = ~LENGTH_MASK;
    private static final int METADATA = 0x4000_0000;
    private static final long UNKNOWN = -1;
    /** Zero bytes that are passed over in one step. */
    private static final int ZEROS_BYTES = 64;

    private final ByteBuffer segment;
    private final int journalId;
    private final int to;
    private final boolean endsAtLimit;
    private boolean checkedBefore;
    private long base;
    private int expected;
    private int offset;
    private int documentOffset;
    private int length;
    private int gapFrom;
    private int missing;
    private boolean mended;
    private Verdict stranger;

    private EntryScanner(ByteBuffer segment, int journalId, long base, long from, long to, boolean endsAtLimit) {
        this.segment = segment;
        this.journalId = journalId;
        this.base = base;
        this.offset = Math.toIntExact(from);
        this.expected = from == 0 ? 0 : (int) UNKNOWN;
        // Where the next segment says that it begins may be anything.
        this.to = Math.toIntExact(Math.max(from, Math.min(to, segment.capacity())));
        this.endsAtLimit = endsAtLimit && to <= segment.capacity();
    }

    /** Walks a segment from its beginning as far as it goes; the first entry found says what its base is. */
    static EntryScanner wholeSegment(ByteBuffer segment, int journalId) {
        return new EntryScanner(segment, journalId, UNKNOWN, 0, segment.capacity(), false);
    }

    /**
     * Walks a part of a segment.
     *
     * @param from offset of 0, or behind an entry
     * @param to offset behind the last entry that is wanted, where that is known to be an entry's end
     */
    static EntryScanner range(ByteBuffer segment, int journalId, long base, long from, long to) {
        return new EntryScanner(segment, journalId, base, from, to, true);
    }

    /**
     * Walks a part of a segment whose entries were checked just now: it believes those that are where they should be.
     */
    static EntryScanner checkedBefore(ByteBuffer segment, int journalId, long base, long from, long to) {
        EntryScanner entries = range(segment, journalId, base, from, to);
        entries.checkedBefore = true;
        return entries;
    }

    /**
     * Goes to the next good entry. False where there is none: behind the last, or before a {@link #stranger()}.
     */
    boolean next() {
        missing = 0;
        mended = false;
        gapFrom = offset;
        return stranger == null && (follow() || search());
    }

    /** Follows the documents' headers to the entry that should be next. */
    private boolean follow() {
        for (int at = offset; at + DOCUMENT_HEADER_BYTES <= to; ) {
            int header = segment.getInt(at);
            int bytes = header & LENGTH_MASK;
            if (header == 0 || bytes > to - at - DOCUMENT_HEADER_BYTES) {
                return false;
            }
            if ((header & FLAGS_MASK) == 0) {
                return takeNext(at, bytes);
            }
            if ((header & FLAGS_MASK) != METADATA) {
                return false;
            }
            at = Math.toIntExact(after(at, bytes));
        }
        return false;
    }

    /** Searches the next entry, by the look of it, wherever it is. */
    private boolean search() {
        int last = to - DOCUMENT_HEADER_BYTES - EntryCodec.HEADER_BYTES;
        for (int at = skipZeros(offset); at <= last; at = skipZeros(at + Integer.BYTES)) {
            if (!EntryCodec.hasMagic(segment, at + DOCUMENT_HEADER_BYTES)) {
                continue;
            }
            int header = segment.getInt(at);
            if ((header & FLAGS_MASK) != 0 || header > to - at - DOCUMENT_HEADER_BYTES) {
                continue;
            }
            Verdict verdict = judge(at, header);
            if (verdict != Verdict.BAD) {
                return mend(at) || take(at, header, verdict);
            }
        }
        return endsAtLimit && mend(to);
    }

    /**
     * Passes over zeros, with which no document begins: behind the last entry of a segment that was preallocated there
     * is nothing else, up to its end, and each start of a server looks at it.
     */
    private int skipZeros(int from) {
        int at = from;
        int last = to - ZEROS_BYTES;
        while (at <= last
                && segment.getLong(at) == 0
                && (segment.getLong(at + 8)
                                | segment.getLong(at + 16)
                                | segment.getLong(at + 24)
                                | segment.getLong(at + 32)
                                | segment.getLong(at + 40)
                                | segment.getLong(at + 48)
                                | segment.getLong(at + 56))
                        == 0) {
            at += ZEROS_BYTES;
        }
        return at;
    }

    /** Takes the entry that fills everything up to {@code next}, although its document's header says something else. */
    private boolean mend(int next) {
        boolean taken = next > offset && takeNext(offset, next - offset - DOCUMENT_HEADER_BYTES);
        // Beside a server that writes, the header may have been completed since it was looked at.
        mended = taken && segment.getInt(documentOffset) != length;
        return taken;
    }

    /** Takes the entry at {@code at} if it is a good one, and none is missing before it. */
    private boolean takeNext(int at, int bytes) {
        if (bytes < EntryCodec.HEADER_BYTES) {
            return false;
        }
        if (checkedBefore && EntryCodec.hasMagic(segment, at + DOCUMENT_HEADER_BYTES)) {
            return isHere(at) && missingBefore(at) == 0 && take(at, bytes, Verdict.GOOD);
        }
        Verdict verdict = judge(at, bytes);
        return verdict != Verdict.BAD && missingBefore(at) == 0 && take(at, bytes, verdict);
    }

    private Verdict judge(int at, int bytes) {
        int content = at + DOCUMENT_HEADER_BYTES;
        if (bytes < EntryCodec.HEADER_BYTES || !isHere(at)) {
            return Verdict.BAD;
        }
        return EntryCodec.judge(segment, content, bytes, journalId, EntryCodec.position(segment, content));
    }

    /** Whether the entry says that it lies here: a record may hold anything, an old entry too. */
    private boolean isHere(int at) {
        long position = EntryCodec.position(segment, at + DOCUMENT_HEADER_BYTES);
        return base == UNKNOWN ? position >= at : position == base + at;
    }

    private int missingBefore(int at) {
        int content = at + DOCUMENT_HEADER_BYTES;
        return expected == UNKNOWN ? 0 : EntryCodec.missingBefore(segment, content, expected);
    }

    private boolean take(int at, int bytes, Verdict verdict) {
        int content = at + DOCUMENT_HEADER_BYTES;
        documentOffset = at;
        length = bytes;
        missing = missingBefore(at);
        if (verdict != Verdict.GOOD) {
            stranger = verdict;
            return false;
        }
        base = EntryCodec.position(segment, content) - at;
        expected = EntryCodec.ordinal(segment, content) + 1;
        offset = Math.toIntExact(after(at, bytes));
        return true;
    }

    /** Where a document ends that begins at {@code offset}: the next one's 4-byte boundary. */
    static long after(long offset, long bytes) {
        return (offset + DOCUMENT_HEADER_BYTES + bytes + 3) & ~3L;
    }

    /** {@link Verdict#NEWER} or {@link Verdict#FOREIGN} where the walk ended at such an entry, else null. */
    Verdict stranger() {
        return stranger;
    }

    /**
     * How many entries are missing between this one and the one before it, modulo 2^24; they lay from
     * {@link #gapFrom()} on.
     */
    int missing() {
        return missing;
    }

    /** Offset behind the entry before this one. */
    int gapFrom() {
        return gapFrom;
    }

    /** Whether this entry's document has a damaged header. */
    boolean mended() {
        return mended;
    }

    /** The segment's base, known once there was an entry. */
    long base() {
        return base;
    }

    /** Offset behind the last entry. */
    int offset() {
        return offset;
    }

    /** Offset of the entry's document. */
    int documentOffset() {
        return documentOffset;
    }

    /** Offset of the entry in the segment. */
    int content() {
        return documentOffset + DOCUMENT_HEADER_BYTES;
    }

    int contentLength() {
        return length;
    }

    int format() {
        return EntryCodec.format(segment, content());
    }

    EntryKind kind() {
        return EntryCodec.kind(segment, content());
    }

    /** The position that was synced when the entry was written. */
    long synced() {
        return EntryCodec.synced(segment, content());
    }

    /** The entry's own part, behind its header. */
    ByteBuffer body() {
        return EntryCodec.body(segment, content(), length);
    }
}
