package io.decant.ingest.sink.http;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Takes gzip (RFC 1952) or deflate (RFC 9110, 8.4.1.2: zlib, RFC 1950; what some receivers send in its place is raw
 * deflate, RFC 1951) off an answer, piece by piece. Holds a window and one piece of output, however much the answer
 * expands to.
 *
 * <p>Owned by the transport's event loop. To be closed: it holds native memory.
 */
final class AnswerInflater implements AutoCloseable {

    /** What is handed on at a time. */
    private static final int OUTPUT_BYTES = 16 << 10;

    private static final int GZIP_HEAD_BYTES = 10;
    private static final int GZIP_TRAILER_BYTES = 8;
    private static final int ZLIB_HEAD_BYTES = 2;

    private static final int FLAG_HEAD_CRC = 1 << 1;
    private static final int FLAG_EXTRA = 1 << 2;
    private static final int FLAG_NAME = 1 << 3;
    private static final int FLAG_COMMENT = 1 << 4;
    private static final int FLAGS_RESERVED = 0xe0;

    /** What comes next. */
    private enum State {
        /** The fixed bytes in front: gzip's head, or the two bytes by which zlib and raw deflate are told apart. */
        HEAD,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        HEAD_CRC,
        DATA,
        TRAILER,
        /** Nothing; with gzip perhaps one more member. */
        END
    }

    private final boolean gzip;
    private final byte[] output = new byte[OUTPUT_BYTES];
    private final CRC32 crc = new CRC32();
    private byte[] gathered = new byte[GZIP_HEAD_BYTES];
    private int gatheredBytes;
    private int flags;
    private int skip;
    private long memberBytes;
    private Inflater inflater;
    private State state = State.HEAD;

    /** @param gzip else deflate */
    AnswerInflater(boolean gzip) {
        this.gzip = gzip;
        this.inflater = new Inflater(true);
    }

    /** Whether the data is whole so far: an answer may end here. */
    boolean isWhole() {
        return state == State.END;
    }

    /**
     * Takes the next piece.
     *
     * @param out takes what it expands to, in arrays of its own; false: it wants no more, and the rest is not inflated
     * @throws DataFormatException where it is not what it should be; there is no going on
     */
    void feed(byte[] piece, Predicate<byte[]> out) throws DataFormatException {
        int at = 0;
        while (at < piece.length) {
            switch (state) {
                case HEAD -> {
                    at += gather(piece, at, gzip ? GZIP_HEAD_BYTES : ZLIB_HEAD_BYTES);
                    if (gatheredBytes == (gzip ? GZIP_HEAD_BYTES : ZLIB_HEAD_BYTES) && !readHead(out)) {
                        return;
                    }
                }
                case EXTRA_LENGTH -> {
                    at += gather(piece, at, Short.BYTES);
                    if (gatheredBytes == Short.BYTES) {
                        skip = number(0, Short.BYTES);
                        move(skip == 0 ? afterExtra() : State.EXTRA);
                    }
                }
                case EXTRA -> {
                    int skipped = Math.min(skip, piece.length - at);
                    at += skipped;
                    skip -= skipped;
                    if (skip == 0) {
                        move(afterExtra());
                    }
                }
                case NAME, COMMENT -> {
                    if (piece[at++] == 0) {
                        move(state == State.NAME ? afterName() : afterComment());
                    }
                }
                case HEAD_CRC -> {
                    at += gather(piece, at, Short.BYTES);
                    if (gatheredBytes == Short.BYTES) {
                        move(State.DATA);
                    }
                }
                case DATA -> {
                    inflater.setInput(piece, at, piece.length - at);
                    if (!inflate(out)) {
                        return;
                    }
                    at = piece.length - inflater.getRemaining();
                }
                case TRAILER -> {
                    at += gather(piece, at, GZIP_TRAILER_BYTES);
                    if (gatheredBytes == GZIP_TRAILER_BYTES) {
                        checkTrailer();
                    }
                }
                case END -> nextMember();
            }
        }
    }

    private void move(State next) {
        state = next;
        gatheredBytes = 0;
    }

    /** Takes bytes until there are so many; how many it took. */
    private int gather(byte[] piece, int at, int bytes) {
        int taken = Math.min(bytes - gatheredBytes, piece.length - at);
        System.arraycopy(piece, at, gathered, gatheredBytes, taken);
        gatheredBytes += taken;
        return taken;
    }

    /** The gathered bytes from there on as a number, the lowest byte first. */
    private int number(int from, int bytes) {
        int value = 0;
        for (int i = bytes - 1; i >= 0; i--) {
            value = value << Byte.SIZE | Byte.toUnsignedInt(gathered[from + i]);
        }
        return value;
    }

    private boolean readHead(Predicate<byte[]> out) throws DataFormatException {
        if (gzip) {
            flags = Byte.toUnsignedInt(gathered[3]);
            if (number(0, Short.BYTES) != 0x8b1f || gathered[2] != 8 || (flags & FLAGS_RESERVED) != 0) {
                throw new DataFormatException("no gzip header");
            }
            crc.reset();
            memberBytes = 0;
            move((flags & FLAG_EXTRA) != 0 ? State.EXTRA_LENGTH : afterExtra());
            return true;
        }
        int first = Byte.toUnsignedInt(gathered[0]);
        int check = first << Byte.SIZE | Byte.toUnsignedInt(gathered[1]);
        if ((first & 0x0f) == 8 && check % 31 == 0) {
            inflater.end();
            inflater = new Inflater(false);
        }
        inflater.setInput(Arrays.copyOf(gathered, ZLIB_HEAD_BYTES));
        move(State.DATA);
        return inflate(out);
    }

    private State afterExtra() {
        return (flags & FLAG_NAME) != 0 ? State.NAME : afterName();
    }

    private State afterName() {
        return (flags & FLAG_COMMENT) != 0 ? State.COMMENT : afterComment();
    }

    private State afterComment() {
        return (flags & FLAG_HEAD_CRC) != 0 ? State.HEAD_CRC : State.DATA;
    }

    /** Hands on what the input gives; false once no more is wanted. */
    private boolean inflate(Predicate<byte[]> out) throws DataFormatException {
        while (!inflater.finished()) {
            int made = inflater.inflate(output);
            if (made == 0) {
                if (inflater.needsDictionary()) {
                    throw new DataFormatException("it needs a dictionary");
                }
                if (!inflater.finished()) {
                    return true;
                }
            } else {
                crc.update(output, 0, made);
                memberBytes += made;
                if (!out.test(Arrays.copyOf(output, made))) {
                    return false;
                }
            }
        }
        move(gzip ? State.TRAILER : State.END);
        return true;
    }

    private void checkTrailer() throws DataFormatException {
        if (number(0, Integer.BYTES) != (int) crc.getValue()) {
            throw new DataFormatException("its checksum does not match");
        }
        if (number(Integer.BYTES, Integer.BYTES) != (int) memberBytes) {
            throw new DataFormatException("its length does not match");
        }
        move(State.END);
    }

    private void nextMember() throws DataFormatException {
        if (!gzip) {
            throw new DataFormatException("more follows its end");
        }
        inflater.reset();
        move(State.HEAD);
    }

    @Override
    public void close() {
        inflater.end();
    }
}
