package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The disk under the journal: numbered, preallocated segments. Two exist: Chronicle files, and the simulation's
 * forgetful disk.
 */
public interface SegmentStore extends AutoCloseable {

    /** Bytes of a segment that can be filled. */
    long segmentSize();

    /** The segments that are there, by number. Before the first {@link #activate}. */
    List<Long> existing() throws IOException;

    /** Where a segment lies, for messages. */
    String describe(long segment);

    /** Maps a segment for reading. */
    SegmentView view(long segment) throws IOException;

    /**
     * Gives back the memory that pages of mapped segments take in the process, if more than {@code bytesMin} are
     * mapped. What is read again comes from the system's page cache. Any thread, also while others read.
     *
     * @return whether more are mapped; false where the store has nothing to give back
     */
    default boolean unload(long bytesMin) {
        return false;
    }

    /**
     * Told of bytes that were read of mapped segments. Gives back their pages on the thread that reads where nobody
     * else has done so in time. Any thread.
     */
    default void wasRead(long bytes) {}

    /** Has this called when it is time to {@link #unload}, on the thread that reads. */
    default void whenMuchRead(Runnable told) {}

    /** Has this called whenever a segment is mapped. */
    default void whenMapped(Runnable told) {}

    /**
     * Cuts a segment off at {@code length}, permanently, and keeps what is cut off aside where it is not all zeros.
     * Only before the first {@link #activate}.
     *
     * @return where the rest was kept; empty if there was none, or no room for it, which is logged
     */
    String truncate(long segment, long length) throws IOException;

    /**
     * Brings a segment that was there before to stable storage, directory entry included. Only before the first
     * {@link #activate}.
     *
     * @param from offset from which nothing says that it is there already: it is written again first, since the kernel
     *     takes pages whose sync has failed for clean, and would force nothing
     * @param to offset behind the last entry
     */
    void force(long segment, long from, long to) throws IOException;

    /**
     * Takes a whole segment out of the journal, durably, and keeps it aside if that can be done. Only before the first
     * {@link #activate}.
     */
    String setAside(long segment) throws IOException;

    /** Removes a whole segment, durably: its number may be used again. Only before the first {@link #activate}. */
    void remove(long segment) throws IOException;

    /** Whether the next segment is preallocated: {@link #activate} costs no more than a rename. Any thread. */
    boolean prepared();

    /**
     * Preallocates the next segment and syncs it; the keeper's thread. Fails where the disk is full: nothing is lost by
     * it.
     */
    void prepare() throws IOException;

    /**
     * The same for a disk that has no room for a whole segment: prepares one in which documents of {@code bytes}
     * together fit, and no more. For the start on a full disk, which has to get on far enough to free it.
     */
    void prepareShort(long bytes) throws IOException;

    /**
     * Makes the prepared segment number {@code segment} of the journal, and needs no space for it; the writer's thread.
     */
    SegmentWriter activate(long segment) throws IOException;

    /** Removes a segment that nothing needs any more; the keeper's thread. */
    void delete(long segment) throws IOException;

    /** Free bytes of the disk that are ours to use. Any thread. */
    long freeBytes() throws IOException;

    @Override
    void close();

    /** A segment being filled. */
    interface SegmentWriter {

        /** Offset behind the last document. */
        long end();

        /** Bytes that still fit in one more document, whatever the store itself may have to put before it. */
        long room();

        /**
         * Begins a document of exactly {@code length} bytes and says where it lies, so that the entry can carry its own
         * position.
         *
         * @return offset of the document in the segment
         */
        long begin(int length) throws IOException;

        /**
         * Fills the document begun with the remaining bytes of these buffers, together exactly its length, and ends it.
         *
         * @param readSoon whether to keep it in memory, since it is read soon
         */
        void write(ByteBuffer[] parts, int count, boolean readSoon) throws IOException;

        /**
         * Brings everything that was written so far to stable storage: data, size, directory entry. Another thread than
         * the writer's. A failure is final: the pages it was about may be lost.
         */
        void force() throws IOException;

        /** Lets go of the file; nothing more will be written, and everything was forced. The syncer's thread. */
        void close();
    }

    /** A segment mapped for reading; its memory is valid until {@link #close}. */
    interface SegmentView extends AutoCloseable {

        /** The whole segment, little-endian, read-only, native memory; use absolute access. */
        ByteBuffer buffer();

        /** Address of the segment's first byte. */
        long address();

        @Override
        void close();
    }
}
