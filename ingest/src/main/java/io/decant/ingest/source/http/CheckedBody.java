package io.decant.ingest.source.http;

import io.decant.bucketer.JsonScanner;
import io.decant.bucketer.Lines;
import io.decant.bucketer.Memory;
import io.decant.config.HttpBody;
import io.decant.ingest.journal.OpaqueBytes;
import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A body of which every record can be taken: as lines, each with its newline, whatever it came as.
 *
 * @param body holds the lines; released by whoever has this
 * @param records how many
 * @param sha256 of the decoded body as it came; none where nobody asked
 */
record CheckedBody(HeldBody body, int records, OpaqueBytes sha256) {

    /**
     * Checks a decoded body, and makes lines of it where it is.
     *
     * @param hashed whether its hash is wanted
     * @throws RefusedException at the first record that cannot be taken
     */
    static CheckedBody of(HeldBody body, HttpBody form, int maxRecord, boolean hashed) throws RefusedException {
        OpaqueBytes hash = hashed ? sha256(body) : OpaqueBytes.NONE;
        if (body.length() == 0 && form == HttpBody.LINES) {
            return new CheckedBody(body, 0, hash);
        }
        int records =
                switch (form) {
                    case LINES -> checkLines(body, maxRecord);
                    case JSON -> toLines(body, maxRecord);
                };
        return new CheckedBody(body, records, hash);
    }

    private static OpaqueBytes sha256(HeldBody body) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(body.nio());
            return OpaqueBytes.of(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /**
     * Lengths are checked without a look at every record: a line that starts at s and is not too long ends within
     * {@code maxRecord} bytes, and from the last newline in that window the next line starts.
     */
    private static int checkLines(HeldBody body, int maxRecord) throws RefusedException {
        ByteBuf bytes = body.bytes();
        if (bytes.getByte(bytes.writerIndex() - 1) != '\n') {
            body.endLine();
        }
        long start = bytes.memoryAddress() + bytes.readerIndex();
        long end = start + bytes.readableBytes();
        long line = start;
        while (end - line > maxRecord + 1L) {
            long newline = Lines.lastNewline(line, maxRecord + 1L);
            if (newline == Lines.NONE) {
                throw new RefusedException(tooLong(Lines.count(start, line - start) + 1, maxRecord));
            }
            line = newline + 1;
        }
        // The rest ends in a newline, so a line that is too long would be longer than the window.
        return Math.toIntExact(Lines.count(start, end - start));
    }

    private static Refusal tooLong(long record, int maxRecord) {
        return Refusal.badRecord(record, "is longer than max-record, which is " + maxRecord + " bytes");
    }

    /**
     * Moves the values of an array together, a newline behind each: there is always room, since at least one byte
     * stands before each of them. A newline within a value is white space, and becomes a space.
     */
    private static int toLines(HeldBody body, int maxRecord) throws RefusedException {
        if (body.length() == 0) {
            throw new RefusedException(Refusal.badRecord(1, "is empty, where JSON should be"));
        }
        ByteBuf bytes = body.bytes();
        long start = bytes.memoryAddress() + bytes.readerIndex();
        long end = start + bytes.readableBytes();
        JsonScanner scanner = new JsonScanner();
        scanner.begin(end);
        long at = scanner.space(start);
        if (scanner.peek(at) != '[') {
            return oneValue(body, scanner, at, maxRecord);
        }
        at = scanner.space(at + 1);
        long put = start;
        int records = 0;
        boolean open = scanner.peek(at) != ']';
        while (open) {
            records++;
            long next = scanner.value(at);
            if (next == JsonScanner.MALFORMED) {
                throw new RefusedException(Refusal.badRecord(records, "is not JSON"));
            }
            if (next - at > maxRecord) {
                throw new RefusedException(tooLong(records, maxRecord));
            }
            put = putLine(at, next, put);
            at = scanner.space(next);
            open = scanner.peek(at) == ',';
            if (open) {
                at = scanner.space(at + 1);
            } else if (scanner.peek(at) != ']') {
                throw new RefusedException(
                        Refusal.badRecord(records, "is followed by neither a comma nor the end of the array"));
            }
        }
        if (scanner.space(at + 1) != end) {
            throw new RefusedException(Refusal.badRecord(records + 1L, "stands behind the end of the array"));
        }
        bytes.writerIndex(bytes.readerIndex() + (int) (put - start));
        return records;
    }

    private static int oneValue(HeldBody body, JsonScanner scanner, long from, int maxRecord) throws RefusedException {
        ByteBuf bytes = body.bytes();
        long start = bytes.memoryAddress() + bytes.readerIndex();
        long end = start + bytes.readableBytes();
        long next = scanner.value(from);
        if (next == JsonScanner.MALFORMED || scanner.space(next) != end) {
            throw new RefusedException(Refusal.badRecord(1, "is not JSON"));
        }
        if (next - from > maxRecord) {
            throw new RefusedException(tooLong(1, maxRecord));
        }
        int length = (int) (next - from);
        int before = (int) (from - start);
        bytes.readerIndex(bytes.readerIndex() + before).writerIndex(bytes.readerIndex() + length);
        replaceNewlines(from, from + length);
        // May move the bytes to another place.
        body.endLine();
        return 1;
    }

    private static long putLine(long from, long end, long to) {
        long length = end - from;
        if (from != to) {
            Memory.copy(from, to, length);
        }
        replaceNewlines(to, to + length);
        Memory.putByte(to + length, (byte) '\n');
        return to + length + 1;
    }

    private static void replaceNewlines(long from, long end) {
        for (long at = Lines.nextNewline(from, end); at != Lines.NONE; at = Lines.nextNewline(at + 1, end)) {
            Memory.putByte(at, (byte) ' ');
        }
    }
}
