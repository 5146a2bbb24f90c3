package io.decant.ingest.journal;

import java.nio.ByteBuffer;

/**
 * Walks the documents of a mapped segment as they lie on disk. It trusts nothing: a header that points beyond the
 * segment ends the walk.
 */
final class DocumentScanner {

    private static final int HEADER_BYTES = Integer.BYTES;
    private static final int LENGTH_MASK = 0x3FFF_FFFF;
    private static final int METADATA = 0x4000_0000;
    private static final int NOT_COMPLETE = 0x8000_0000;
    private static final int END_OF_FILE = 0xC000_0000;

    private final ByteBuffer segment;
    private int offset;
    private int documentOffset;
    private int documentLength;

    DocumentScanner(ByteBuffer segment, long from) {
        this.segment = segment;
        this.offset = Math.toIntExact(from);
    }

    /** Goes to the next complete data document; false where there is none, {@link #offset()} being where the walk ended. */
    boolean next() {
        while (offset + HEADER_BYTES <= segment.capacity()) {
            int header = segment.getInt(offset);
            if (header == 0 || header == END_OF_FILE || (header & NOT_COMPLETE) != 0) {
                return false;
            }
            int bytes = header & LENGTH_MASK;
            if (bytes > segment.capacity() - offset - HEADER_BYTES) {
                return false;
            }
            documentOffset = offset;
            documentLength = bytes;
            offset = Math.toIntExact(after(offset, bytes));
            if ((header & METADATA) == 0) {
                return true;
            }
        }
        return false;
    }

    /** Where a document ends that begins at {@code offset}: the next one's 4-byte boundary. */
    static long after(long offset, long bytes) {
        return (offset + HEADER_BYTES + bytes + 3) & ~3L;
    }

    /** Where the walk stands: behind the last document. */
    int offset() {
        return offset;
    }

    int documentOffset() {
        return documentOffset;
    }

    /** Offset of the document's content in the segment. */
    int content() {
        return documentOffset + HEADER_BYTES;
    }

    int contentLength() {
        return documentLength;
    }
}
