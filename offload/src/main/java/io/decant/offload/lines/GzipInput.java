package io.decant.offload.lines;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Reads gzip (RFC 1952): all members, each checked by its trailer, to the end of the input. Java's own stream ends in
 * silence where a member after the first is cut off in its header, where the input says that nothing is available yet,
 * and where something else follows; so records would be missing. Zeros behind the last member are padding. Owned by one
 * thread.
 */
final class GzipInput extends InputStream {

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int MAGIC = 0x8b1f;
    private static final int DEFLATED = 8;
    private static final int HEADER_CRC = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final CRC32 headerCrc = new CRC32();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    /** What is read and not used yet: from here to there in the buffer. */
    private int from;

    private int to;
    private boolean inMember;
    private boolean ended;
    private long members;

    /** @param in is closed with this */
    GzipInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            if (!inMember && !beginMember()) {
                ended = true;
                break;
            }
            int read = inflate(target, offset, length);
            if (read > 0) {
                crc.update(target, offset, read);
                return read;
            }
            if (inflater.finished()) {
                endMember();
            }
        }
        return -1;
    }

    /** Inflates what it can; 0 where the member is at its end, or more input is needed, which it has then. */
    private int inflate(byte[] target, int offset, int length) throws IOException {
        try {
            int read = inflater.inflate(target, offset, length);
            if (read == 0 && !inflater.finished()) {
                if (inflater.needsDictionary()) {
                    throw new ZipException("it asks for a dictionary");
                }
                from = to;
                if (!fill()) {
                    throw new EOFException("is cut off");
                }
                inflater.setInput(buffer, from, to - from);
            }
            return read;
        } catch (DataFormatException e) {
            throw new ZipException("its data are damaged, " + e.getMessage());
        }
    }

    /** Reads the header of the next member; false at the end of the input. */
    private boolean beginMember() throws IOException {
        int first = next();
        if (first < 0 && members > 0) {
            return false;
        }
        if (first == 0 && members > 0) {
            requirePadding();
            return false;
        }
        headerCrc.reset();
        int magic = count(first) | header() << 8;
        if (magic != MAGIC) {
            throw new ZipException(
                    members == 0 ? "it is not gzip" : "something that is not gzip follows the gzip data");
        }
        int method = header();
        int flags = header();
        if (method != DEFLATED || (flags & RESERVED) != 0) {
            throw new ZipException("its header is damaged");
        }
        for (int i = 0; i < 6; i++) {
            header();
        }
        if ((flags & EXTRA) != 0) {
            for (int left = header() | header() << 8; left > 0; left--) {
                header();
            }
        }
        skipText((flags & NAME) != 0);
        skipText((flags & COMMENT) != 0);
        if ((flags & HEADER_CRC) != 0) {
            int expected = (int) headerCrc.getValue() & 0xffff;
            if ((header() | header() << 8) != expected) {
                throw new ZipException("its header is damaged");
            }
        }
        inflater.reset();
        inflater.setInput(buffer, from, to - from);
        crc.reset();
        inMember = true;
        members++;
        return true;
    }

    private void skipText(boolean isThere) throws IOException {
        for (int b = isThere ? header() : 0; b != 0; ) {
            b = header();
        }
    }

    private void requirePadding() throws IOException {
        for (int b = next(); b >= 0; b = next()) {
            if (b != 0) {
                throw new ZipException("something that is not gzip follows the gzip data");
            }
        }
    }

    /** Compares the trailer. */
    private void endMember() throws IOException {
        from = to - inflater.getRemaining();
        long expectedCrc = word();
        long expectedLength = word();
        if (expectedCrc != crc.getValue() || expectedLength != (inflater.getBytesWritten() & 0xffff_ffffL)) {
            throw new ZipException("the checksum does not match");
        }
        inMember = false;
    }

    private long word() throws IOException {
        long word = 0;
        for (int i = 0; i < 4; i++) {
            word |= (long) required(next()) << (8 * i);
        }
        return word;
    }

    private int header() throws IOException {
        return count(next());
    }

    private int count(int b) throws IOException {
        headerCrc.update(required(b));
        return b;
    }

    private static int required(int b) throws EOFException {
        if (b < 0) {
            throw new EOFException("is cut off");
        }
        return b;
    }

    private int next() throws IOException {
        return from < to || fill() ? buffer[from++] & 0xff : -1;
    }

    private boolean fill() throws IOException {
        int read;
        do {
            read = in.read(buffer, 0, buffer.length);
        } while (read == 0);
        from = 0;
        to = Math.max(0, read);
        return read > 0;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        ended = true;
        in.close();
    }
}
