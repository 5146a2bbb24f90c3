package io.decant.ingest.source.tcp;

import io.netty.buffer.ByteBuf;

/**
 * Reads the first line of a connection with a session, {@code SESSION <id>}, which may come in pieces and together with
 * records. It is strict: one space, an id of 1 to 128 characters of {@code A-Za-z0-9._-}, then the newline, so a CR
 * before the newline is a bad session, too. Never holds more than the longest good line. Belongs to one thread.
 */
final class SessionLine {

    static final int ID_LENGTH_MAX = 128;

    private static final String PREFIX = "SESSION ";

    /** What the line is so far. */
    enum Result {
        /** Good so far, its newline has not come. */
        UNFINISHED,
        /** Whole: {@link #id()} is known. */
        COMPLETE,
        /** No session line, whatever follows. */
        BAD
    }

    private final StringBuilder line = new StringBuilder(PREFIX.length() + 36);

    /** Consumes up to the newline; what is left of the read are records. */
    Result take(ByteBuf read) {
        while (read.isReadable()) {
            char next = (char) read.readUnsignedByte();
            if (next == '\n') {
                return line.length() > PREFIX.length() ? Result.COMPLETE : Result.BAD;
            }
            if (!fits(next)) {
                return Result.BAD;
            }
            line.append(next);
        }
        return Result.UNFINISHED;
    }

    boolean isEmpty() {
        return line.isEmpty();
    }

    /** Only once the line is complete. */
    String id() {
        return line.substring(PREFIX.length());
    }

    private boolean fits(char next) {
        int at = line.length();
        if (at < PREFIX.length()) {
            return next == PREFIX.charAt(at);
        }
        return at < PREFIX.length() + ID_LENGTH_MAX && isOfId(next);
    }

    private static boolean isOfId(char c) {
        return (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
