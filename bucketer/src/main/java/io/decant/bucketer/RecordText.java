package io.decant.bucketer;

import java.util.Arrays;

/**
 * A record as characters, and the way back from a character to its byte.
 *
 * <p>The record is read as UTF-8, so that {@code .} and {@code \p} mean what they say. A byte b that is no part of
 * well-formed UTF-8 becomes the lone surrogate U+DC00 + b (as in Python's PEP 383), which UTF-8 cannot hold otherwise:
 * nothing is lost, and no two records look the same.
 *
 * <p>A record of ASCII is read where it lies. Another one is decoded in blocks of about {@value #BLOCK_BYTES} bytes, of
 * which the last {@value #BLOCKS_HELD} that were needed are held: at most 512 KiB. Where the blocks begin takes 8 bytes
 * a block. So a match needs memory that hardly depends on the record.
 *
 * <p>Owned by one thread.
 */
public final class RecordText implements CharSequence {

    static final int BLOCK_BYTES = 16 * 1024;
    static final int BLOCKS_HELD = 16;

    private static final long TOPS = 0x8080808080808080L;
    private static final int ASCII_MAX = 0x7F;
    private static final int STRAY_BASE = 0xDC00;
    private static final int NONE = -1;
    /** Starts of more blocks than this are given back before the next record. */
    private static final int STARTS_KEPT = 64;
    /** A block ends with a whole character, which may begin with its last byte. */
    private static final int BLOCK_CHARS = BLOCK_BYTES + 1;

    private final char[][] held = new char[BLOCKS_HELD][];
    private final int[] heldBlock = new int[BLOCKS_HELD];
    // Of each block its first character, and that one's byte.
    private int[] firstChar = new int[1];
    private int[] firstByte = new int[1];
    private int blocks;
    private long address;
    private int bytes;
    private int length;
    private boolean ascii;
    /** The next byte to decode. */
    private int at;

    /** A character whose offset was asked for, and its byte. */
    private int offsetChar;

    private int offsetByte;

    // The block that was read last, which most reads are from.
    private char[] current;
    private int currentFirst;
    private int currentChars;

    /** Makes this the text of {@code recordBytes} bytes at {@code recordAddress}, which must stay while it is read. */
    public void set(long recordAddress, int recordBytes) {
        address = recordAddress;
        bytes = recordBytes;
        ascii = isAscii(recordAddress, recordBytes);
        length = ascii ? recordBytes : findBlocks();
    }

    private static boolean isAscii(long address, int bytes) {
        long end = address + bytes;
        long all = 0;
        long at = address;
        for (; end - at >= Long.BYTES; at += Long.BYTES) {
            all |= Memory.getLong(at);
        }
        for (; at < end; at++) {
            all |= Memory.getByte(at);
        }
        return (all & TOPS) == 0;
    }

    /** Finds where blocks begin; how many characters there are. */
    private int findBlocks() {
        Arrays.fill(heldBlock, NONE);
        currentChars = 0;
        if (firstChar.length > STARTS_KEPT) {
            firstChar = new int[1];
            firstByte = new int[1];
        }
        blocks = 0;
        at = 0;
        offsetChar = 0;
        offsetByte = 0;
        if (bytes <= BLOCK_BYTES) {
            // Most records: what is decoded to be counted is there to be read.
            addStart(0);
            return decode(0);
        }
        int chars = 0;
        while (at < bytes) {
            addStart(chars);
            int limit = limit(at);
            while (at < limit) {
                chars += Character.charCount(next());
            }
        }
        return chars;
    }

    private void addStart(int chars) {
        if (blocks == firstChar.length) {
            firstChar = Arrays.copyOf(firstChar, blocks * 2);
            firstByte = Arrays.copyOf(firstByte, blocks * 2);
        }
        firstChar[blocks] = chars;
        firstByte[blocks] = at;
        blocks++;
    }

    private int limit(int from) {
        return (int) Math.min(bytes, (long) from + BLOCK_BYTES);
    }

    /** Decodes a block and makes it the current one; how many characters it has. */
    private int decode(int block) {
        int slot = block % BLOCKS_HELD;
        if (held[slot] == null) {
            held[slot] = new char[BLOCK_CHARS];
        }
        // Nothing is taken for held or current before it is whole: a stack may overflow here.
        heldBlock[slot] = NONE;
        currentChars = 0;
        current = held[slot];
        currentFirst = firstChar[block];
        at = firstByte[block];
        int limit = limit(at);
        int chars = 0;
        while (at < limit) {
            int character = next();
            if (Character.isBmpCodePoint(character)) {
                current[chars++] = (char) character;
            } else {
                current[chars++] = Character.highSurrogate(character);
                current[chars++] = Character.lowSurrogate(character);
            }
        }
        currentChars = chars;
        heldBlock[slot] = block;
        return chars;
    }

    /** Decodes the character at {@link #at}. A byte that is part of none is one by itself. */
    private int next() {
        int lead = byteAt(at);
        if (lead <= ASCII_MAX) {
            at++;
            return lead;
        }
        int more = lead < 0xC2 || lead > 0xF4 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        int value = lead & (0x3F >> more);
        for (int i = 1; i <= more; i++) {
            int c = at + i < bytes ? byteAt(at + i) : 0;
            if ((c & 0xC0) != 0x80) {
                more = 0;
            }
            value = (value << 6) | (c & 0x3F);
        }
        if (more == 0 || (more == 2 && isOverlongOrSurrogate(value)) || (more == 3 && !isSupplementary(value))) {
            at++;
            return STRAY_BASE + lead;
        }
        at += 1 + more;
        return value;
    }

    private static boolean isOverlongOrSurrogate(int value) {
        return value < 0x800 || (value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE);
    }

    private static boolean isSupplementary(int value) {
        return value >= Character.MIN_SUPPLEMENTARY_CODE_POINT && value <= Character.MAX_CODE_POINT;
    }

    private int byteAt(int offset) {
        return Memory.getByte(address + offset) & 0xFF;
    }

    @Override
    public char charAt(int index) {
        if (ascii) {
            return (char) Memory.getByte(address + index);
        }
        int within = index - currentFirst;
        if (within < 0 || within >= currentChars) {
            within = index - select(index);
        }
        return current[within];
    }

    /** Makes the block of a character the current one; its first character. */
    private int select(int index) {
        int block = blockOf(index);
        if (heldBlock[block % BLOCKS_HELD] != block) {
            decode(block);
        } else {
            current = held[block % BLOCKS_HELD];
            currentFirst = firstChar[block];
            currentChars = (block + 1 < blocks ? firstChar[block + 1] : length) - currentFirst;
        }
        return currentFirst;
    }

    private int blockOf(int index) {
        int found = Arrays.binarySearch(firstChar, 0, blocks, index);
        return found >= 0 ? found : -found - 2;
    }

    /** The offset in the record of the byte at which a character begins; {@code index} may be the text's length. */
    public int byteOffset(int index) {
        if (ascii || index == length) {
            return ascii ? index : bytes;
        }
        int block = blockOf(index);
        // Ascending offsets continue from the last one.
        boolean goesOn = offsetChar >= firstChar[block] && offsetChar <= index;
        at = goesOn ? offsetByte : firstByte[block];
        int chars = goesOn ? offsetChar : firstChar[block];
        while (chars < index) {
            chars += Character.charCount(next());
        }
        offsetChar = chars;
        offsetByte = at;
        return at;
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return toString().substring(start, end);
    }

    /** The whole text as a string; for debugging. */
    @Override
    public String toString() {
        return new StringBuilder(length).append(this, 0, length).toString();
    }
}
