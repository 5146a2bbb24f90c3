package io.decant.ingest.journal;

import io.decant.ingest.journal.Cut.CutHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.zip.CRC32C;

/** The bytes of entries: see the package's page for the layout. Stateless; the buffers belong to the caller. */
final class EntryCodec {

    static final int HEADER_BYTES = 32;
    /**
     * Content of a document is a multiple of this, so that the next one's 4-byte boundary needs no padding of the
     * store's.
     */
    static final int ALIGNMENT = 4;
    /** Longest string on disk, in bytes. */
    static final int STRING_BYTES_MAX = 0xFFFF;

    private static final int MAGIC = 'D' | 'C' << 8 | 'N' << 16;
    private static final int MAGIC_MASK = 0x00FF_FFFF;
    /** The format of an entry that says nothing new since 0.1.0. */
    static final int FORMAT_FIRST = 1;
    /** The newest format that this version reads and writes. */
    static final int FORMAT = 2;

    private static final int FORMAT_SHIFT = 24;
    private static final int CRC_AT = 4;
    private static final int CRC_FROM = 8;
    private static final int POSITION_AT = 8;
    private static final int SYNCED_AT = 16;
    private static final int JOURNAL_AT = 24;
    private static final int KIND_AT = 28;
    private static final int KIND_BITS = 8;
    /** Ordinals are kept modulo this. */
    private static final int ORDINALS = 1 << 24;

    private EntryCodec() {}

    /**
     * Writes the header of an entry into the first {@link #HEADER_BYTES} of {@code target}; the checksum comes last.
     *
     * @param format the lowest that can say what the entry says
     * @param ordinal how many entries of the segment lie before this one
     */
    static void putHeader(
            ByteBuffer target, int format, EntryKind kind, int ordinal, int journalId, long position, long synced) {
        target.putInt(0, MAGIC | format << FORMAT_SHIFT);
        target.putInt(CRC_AT, 0);
        target.putLong(POSITION_AT, position);
        target.putLong(SYNCED_AT, synced);
        target.putInt(JOURNAL_AT, journalId);
        target.putInt(KIND_AT, kind.code() | ordinal << KIND_BITS);
    }

    /** Puts the checksum over the entry that lies in these buffers, the first of which begins with the header. */
    static void seal(ByteBuffer[] parts, int count) {
        CRC32C crc = new CRC32C();
        ByteBuffer first = parts[0].duplicate();
        int at = first.position();
        crc.update(first.limit(at + CRC_AT));
        crc.update(first.limit(parts[0].limit()).position(at + CRC_FROM));
        for (int i = 1; i < count; i++) {
            crc.update(parts[i].duplicate());
        }
        parts[0].putInt(parts[0].position() + CRC_AT, (int) crc.getValue());
    }

    /** What a look at a document says. */
    enum Verdict {
        GOOD,
        /** Not an entry at all, or a damaged one. */
        BAD,
        /** An entry of a format that this version does not know. */
        NEWER,
        /** A good entry of another journal. */
        FOREIGN
    }

    /**
     * Judges the entry that lies at {@code at} with {@code length} bytes, and should be at {@code position} of the
     * journal.
     */
    static Verdict judge(ByteBuffer segment, int at, int length, int journalId, long position) {
        if (length < HEADER_BYTES || !hasMagic(segment, at)) {
            return Verdict.BAD;
        }
        CRC32C crc = new CRC32C();
        crc.update(segment.slice(at, CRC_AT));
        crc.update(segment.slice(at + CRC_FROM, length - CRC_FROM));
        if ((int) crc.getValue() != segment.getInt(at + CRC_AT)) {
            return Verdict.BAD;
        }
        int format = format(segment, at);
        if (format < FORMAT_FIRST || format > FORMAT) {
            return Verdict.NEWER;
        }
        if (segment.getInt(at + JOURNAL_AT) != journalId) {
            return Verdict.FOREIGN;
        }
        EntryKind kind = kind(segment, at);
        boolean known = kind != null && kind.sinceFormat() <= format;
        return known && segment.getLong(at + POSITION_AT) == position ? Verdict.GOOD : Verdict.BAD;
    }

    /** Whether what lies at {@code at} begins like an entry of any format. */
    static boolean hasMagic(ByteBuffer segment, int at) {
        return (segment.getInt(at) & MAGIC_MASK) == MAGIC;
    }

    /** How many entries are missing between one with the ordinal before {@code expected} and this one. */
    static int missingBefore(ByteBuffer segment, int at, int expected) {
        return (ordinal(segment, at) - expected) & (ORDINALS - 1);
    }

    static int ordinal(ByteBuffer segment, int at) {
        return segment.getInt(at + KIND_AT) >>> KIND_BITS;
    }

    static int format(ByteBuffer segment, int at) {
        return segment.getInt(at) >>> FORMAT_SHIFT;
    }

    static EntryKind kind(ByteBuffer segment, int at) {
        return EntryKind.of(segment.get(at + KIND_AT));
    }

    static int journalId(ByteBuffer segment, int at) {
        return segment.getInt(at + JOURNAL_AT);
    }

    static long position(ByteBuffer segment, int at) {
        return segment.getLong(at + POSITION_AT);
    }

    static long synced(ByteBuffer segment, int at) {
        return segment.getLong(at + SYNCED_AT);
    }

    /** The entry's own part, behind its header. */
    static ByteBuffer body(ByteBuffer segment, int at, int length) {
        return segment.slice(at + HEADER_BYTES, length - HEADER_BYTES).order(segment.order());
    }

    static int align(int bytes) {
        return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
    }

    static int encodedBytes(String text) {
        return Short.BYTES + text.getBytes(StandardCharsets.UTF_8).length;
    }

    static void putString(ByteBuffer target, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > STRING_BYTES_MAX) {
            throw new IllegalArgumentException("a string of " + bytes.length + " bytes does not fit the journal");
        }
        target.putShort((short) bytes.length).put(bytes);
    }

    static String getString(ByteBuffer source) {
        byte[] bytes = new byte[source.getShort() & STRING_BYTES_MAX];
        source.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Puts a cut whose shape {@linkplain Shape#fitsFormat1() fits format 1}. */
    static void putCut(ByteBuffer target, Cut cut) {
        putHead(target, cut.head());
        ShapeCodec.putFormat1(target, cut.shape());
    }

    /** Puts a cut of format 2, whose shape has this number. */
    static void putCut(ByteBuffer target, CutHead cut, int shape) {
        putHead(target, cut);
        target.putInt(shape);
    }

    private static void putHead(ByteBuffer target, CutHead cut) {
        target.putLong(cut.batch())
                .putLong(cut.windowStartMillis())
                .putLong(cut.windowEndMillis())
                .putLong(cut.start())
                .putLong(cut.records())
                .putLong(cut.bytes());
    }

    static CutHead getCutHead(ByteBuffer source) {
        return new CutHead(
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong(),
                source.getLong());
    }

    /** The number of the shape behind the head of a cut of format 2. */
    static int getShapeNumber(ByteBuffer source) {
        return source.getInt();
    }

    /**
     * A whole cut.
     *
     * @param format of its entry
     * @param shapes gives the shape of a number, or null
     * @return null where the shape is not known
     */
    static Cut getCut(ByteBuffer source, int format, IntFunction<Shape> shapes) {
        CutHead head = getCutHead(source);
        Shape shape = format == FORMAT_FIRST ? ShapeCodec.getFormat1(source) : shapes.apply(getShapeNumber(source));
        return shape == null
                ? null
                : new Cut(
                        head.batch(),
                        head.windowStartMillis(),
                        head.windowEndMillis(),
                        head.start(),
                        head.records(),
                        head.bytes(),
                        shape);
    }

    static int encodedBytes(Mark mark) {
        int bytes = encodedBytes(mark.sink()) + 3 * Long.BYTES + 2 * Integer.BYTES;
        long before = mark.first();
        for (Piece piece : mark.pieces()) {
            bytes += Varint.encodedBytes(pieceCode(piece, before));
            before = piece.end();
        }
        return bytes;
    }

    static void putMark(ByteBuffer target, Mark mark) {
        putString(target, mark.sink());
        target.putLong(mark.batch()).putLong(mark.next()).putInt(mark.bucket()).putLong(mark.first());
        target.putInt(mark.pieces().size());
        long before = mark.first();
        for (Piece piece : mark.pieces()) {
            Varint.put(target, pieceCode(piece, before));
            before = piece.end();
        }
    }

    /** Length of a piece, and in the lowest bit whether it is passed. */
    private static long pieceCode(Piece piece, long before) {
        return (piece.end() - before) << 1 | (piece.passed() ? 1 : 0);
    }

    static Mark getMark(ByteBuffer source) {
        String sink = getString(source);
        long batch = source.getLong();
        long next = source.getLong();
        int bucket = source.getInt();
        long first = source.getLong();
        int count = source.getInt();
        if (count < 0 || count > Piece.PER_MARK_MAX) {
            throw new IllegalArgumentException("invalid mark of sink '" + sink + "': " + count + " pieces");
        }
        List<Piece> pieces = new ArrayList<>(count);
        long end = first;
        for (int i = 0; i < count; i++) {
            long code = Varint.get(source);
            end += code >>> 1;
            pieces.add(new Piece(end, (code & 1) == 1));
        }
        return new Mark(sink, batch, next, bucket, first, pieces);
    }
}
