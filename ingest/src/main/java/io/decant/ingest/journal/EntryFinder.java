package io.decant.ingest.journal;

import java.nio.ByteBuffer;

/** Finds good entries where the chain of documents is broken: an entry proves itself by magic, checksum and journal id. */
final class EntryFinder {

    private static final int LENGTH_MASK = 0x3FFF_FFFF;
    private static final int FLAGS_MASK = ~LENGTH_MASK;

    private EntryFinder() {}

    /**
     * The position of the entry whose document begins at {@code at}, by its own word; -1 where no good entry of this journal
     * lies there.
     */
    static long goodEntryAt(ByteBuffer segment, int at, int journalId) {
        int header = segment.getInt(at);
        int length = header & LENGTH_MASK;
        int content = at + Integer.BYTES;
        if ((header & FLAGS_MASK) != 0 || length < EntryCodec.HEADER_BYTES || length > segment.capacity() - content) {
            return -1;
        }
        long position = EntryCodec.position(segment, content);
        return EntryCodec.judge(segment, content, length, journalId, position) == EntryCodec.Verdict.GOOD
                ? position
                : -1;
    }
}
