package io.decant.ingest.source.tcp;

import io.decant.config.UserToken;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the first line of a connection with users, {@code AUTH <token>}, which may come in pieces and together with
 * what follows. It is strict: one space, printable ASCII without blanks, then the newline alone. Never holds more than
 * the longest token. Belongs to one thread.
 */
final class AuthLine {

    private static final byte[] PREFIX = "AUTH ".getBytes(StandardCharsets.US_ASCII);

    /** What the line is so far. */
    enum Result {
        /** Good so far, its newline has not come. */
        UNFINISHED,
        /** Whole: {@link #token()} is known. */
        COMPLETE,
        /** It begins as it must, and no token can be what follows. */
        BAD,
        /** It does not begin as such a line. */
        OTHER
    }

    private int prefixBytes;
    private int tokenBytes;

    /** Null until a token begins. */
    private byte[] token;

    /** Consumes up to the newline; what is left of the read is the next line. */
    Result take(ByteBuf read) {
        while (read.isReadable()) {
            byte next = read.readByte();
            if (isPrefix()) {
                if (next != PREFIX[prefixBytes]) {
                    return Result.OTHER;
                }
                prefixBytes++;
            } else if (next == '\n') {
                return tokenBytes > 0 ? Result.COMPLETE : Result.BAD;
            } else if (tokenBytes == UserToken.CHARS_MAX || next < '!' || next > '~') {
                return Result.BAD;
            } else {
                if (token == null) {
                    token = new byte[UserToken.CHARS_MAX];
                }
                token[tokenBytes++] = next;
            }
        }
        return Result.UNFINISHED;
    }

    /** Whether nothing has come. */
    boolean isEmpty() {
        return prefixBytes == 0;
    }

    /** Whether it may still become another line. */
    boolean isPrefix() {
        return prefixBytes < PREFIX.length;
    }

    /** Only once the line is complete. */
    byte[] token() {
        return Arrays.copyOf(token, tokenBytes);
    }

    /** Forgets the token. */
    void clear() {
        token = null;
    }
}
