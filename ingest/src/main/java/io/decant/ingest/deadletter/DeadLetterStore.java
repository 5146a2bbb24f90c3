package io.decant.ingest.deadletter;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.NavigableMap;

/**
 * The disk under dead letters: a folder of files that are appended to. Two exist: real files, and the simulation's
 * forgetful disk. Names are those of {@link LetterFiles}.
 *
 * <p>Where a method throws a {@link java.io.SyncFailedException}, what was written may not be on stable storage and
 * never will be: that is final. After any other {@link IOException} the same may be tried again.
 *
 * <p>One thread writes; {@link #sizes} and {@link #read} are for any, beside it. The file of a replay, once it has its
 * name, is removed by the thread that replays it, since it is no longer written to.
 */
public interface DeadLetterStore {

    /** The files that are there, by name, with their bytes; none where the folder is not there yet. */
    NavigableMap<String, Long> sizes() throws IOException;

    /**
     * Reads a file from its beginning.
     *
     * @throws java.nio.file.NoSuchFileException if it does not exist
     */
    InputStream read(String name) throws IOException;

    /**
     * Writes at the end of a file, and makes it where it is not there. What is appended must be
     * {@linkplain #force forced} before another file is appended to; where it fails, a part may be written, and nothing
     * of it will be forced.
     */
    void append(String name, ByteBuffer bytes) throws IOException;

    /** Brings what was appended last to stable storage: data, size, and the directory entry of a file that is new. */
    void force(String name) throws IOException;

    /**
     * Brings the names of all files to stable storage as they are: an earlier server may have died between giving one
     * and syncing it, and code that relies on a name must not find the old one after a power cut.
     */
    void forceNames() throws IOException;

    /**
     * Brings what was in a file before this server to stable storage.
     *
     * @param from offset from which nothing says that it is there already: it is written again first, since the kernel
     *     takes pages whose sync has failed for clean, and would force nothing
     */
    void secure(String name, long from) throws IOException;

    /** Cuts a file off, permanently. */
    void truncate(String name, long length) throws IOException;

    /** Gives a file another name, permanently and in one step; a file that had that name is replaced. */
    void rename(String from, String to) throws IOException;

    /** Removes a file, permanently; nothing where there is none. */
    void delete(String name) throws IOException;

    /** Where a file lies, for messages; empty name: where all of them lie. */
    String describe(String name);
}
