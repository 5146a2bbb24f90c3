package io.decant.ingest.deadletter;

/**
 * A line of a file of letters.
 *
 * @param file its name, as {@link DeadLetterStore} has it
 * @param number of the line, from 1
 * @param offset of its first byte in the file
 * @param bytes as they stand there, newline included; not copied
 * @param filed what it says; null where it is damaged
 */
@SuppressWarnings("ArrayRecordComponent") // Read once and handed on; nobody compares lines.
public record LetterLine(String file, long number, long offset, byte[] bytes, FiledLetter filed) {

    /** Whether the line is no letter. */
    public boolean isDamaged() {
        return filed == null;
    }

    /** Offset behind it. */
    public long end() {
        return offset + bytes.length;
    }
}
