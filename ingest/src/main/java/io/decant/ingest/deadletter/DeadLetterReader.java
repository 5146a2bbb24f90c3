package io.decant.ingest.deadletter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads letters line by line, in the order in which they were written; holds one line in memory. May read beside a
 * server that writes: a line that is not written to its end yet is left out, and so is a file that was removed
 * meanwhile. For one thread.
 */
public final class DeadLetterReader implements AutoCloseable {

    private static final int READ_BYTES = 64 << 10;
    private static final Logger log = LoggerFactory.getLogger(DeadLetterReader.class);

    private final DeadLetterStore store;
    private final boolean headsOnly;
    private final Iterator<String> files;
    private final byte[] buffer = new byte[READ_BYTES];
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    /** What is read and not looked at yet: from here to there in the buffer. */
    private int from;

    private int to;
    private String file;
    private InputStream in;
    private long number;
    private long offset;

    private DeadLetterReader(DeadLetterStore store, List<String> files, boolean headsOnly) {
        this.store = store;
        this.files = files.iterator();
        this.headsOnly = headsOnly;
    }

    /** Every letter that waits for an operator, not those that are being sent again. */
    public static DeadLetterReader ofDays(DeadLetterStore store) throws IOException {
        return of(store, LetterFiles.days(store.sizes().keySet()));
    }

    /** What is in these files, one after the other. */
    public static DeadLetterReader of(DeadLetterStore store, List<String> files) {
        return new DeadLetterReader(store, files, false);
    }

    /** The same, without the records: its memory does not depend on how long they are. */
    static DeadLetterReader headsOf(DeadLetterStore store, List<String> files) {
        return new DeadLetterReader(store, files, true);
    }

    /** The next line, damaged ones included; null at the end. */
    public LetterLine next() throws IOException {
        while (in != null || open()) {
            LetterLine next = nextOfFile();
            if (next != null) {
                return next;
            }
            close();
        }
        return null;
    }

    private boolean open() throws IOException {
        while (files.hasNext()) {
            file = files.next();
            from = 0;
            to = 0;
            number = 0;
            offset = 0;
            try {
                in = store.read(file);
                return true;
            } catch (NoSuchFileException e) {
                log.debug("dead letters: {} was removed meanwhile", store.describe(file));
            }
        }
        return false;
    }

    /** Null where what is left is not a whole line. */
    private LetterLine nextOfFile() throws IOException {
        if (headsOnly) {
            return nextHead();
        }
        line.reset();
        while (!takeToNewline()) {
            from = 0;
            to = in.read(buffer);
            if (to < 0) {
                return null;
            }
        }
        byte[] bytes = line.toByteArray();
        LetterLine next = new LetterLine(
                file,
                ++number,
                offset,
                bytes.length,
                bytes,
                LetterFormat.read(bytes, bytes.length).orElse(null));
        offset = next.end();
        return next;
    }

    private LetterLine nextHead() throws IOException {
        LineInput rest = new LineInput();
        FiledLetter head = LetterFormat.readHead(rest).orElse(null);
        if (rest.failure != null) {
            throw rest.failure;
        }
        // What is behind a letter, or behind where it could not be read.
        rest.skipToEnd();
        if (!rest.ended) {
            return null;
        }
        LetterLine next = new LetterLine(file, ++number, offset, rest.length, null, head);
        offset = next.end();
        return next;
    }

    /** The line that is read, to its newline. */
    private final class LineInput extends InputStream {
        private final byte[] one = new byte[1];
        private long length;
        /** Whether its newline was read. */
        private boolean ended;
        /** Why the file could not be read, which is no fault of the line; null: it could. */
        private IOException failure;

        @Override
        public int read() throws IOException {
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int at, int most) throws IOException {
            try {
                if (ended || !fill()) {
                    return -1;
                }
            } catch (IOException e) {
                failure = e;
                throw e;
            }
            int taken = 0;
            while (!ended && taken < most && from < to) {
                byte next = buffer[from++];
                into[at + taken++] = next;
                ended = next == '\n';
            }
            length += taken;
            return taken;
        }

        void skipToEnd() throws IOException {
            while (!ended && fill()) {
                while (!ended && from < to) {
                    ended = buffer[from++] == '\n';
                    length++;
                }
            }
        }
    }

    /** Whether there is something in the buffer, after a read if need be. */
    private boolean fill() throws IOException {
        if (from == to) {
            from = 0;
            to = Math.max(0, in.read(buffer));
        }
        return from < to;
    }

    /** Takes what is in the buffer up to the next newline, or all of it; whether there was one. */
    private boolean takeToNewline() {
        for (int i = from; i < to; i++) {
            if (buffer[i] == '\n') {
                line.write(buffer, from, i + 1 - from);
                from = i + 1;
                return true;
            }
        }
        line.write(buffer, from, to - from);
        return false;
    }

    /** Lets go of the file that is being read. */
    @Override
    public void close() throws IOException {
        if (in != null) {
            in.close();
            in = null;
        }
    }
}
