package io.decant.ingest.deadletter;

/**
 * A line of a file of letters.
 *
 * @param file its name, as {@link DeadLetterStore} has it
 * @param number of the line, from 1
 * @param offset of its first byte in the file
 * @param length in bytes, newline included
 * @param bytes as they stand there, newline included; not copied; null where only heads are read
 * @param filed what it says, without the record where only heads are read; null where it is damaged
 */
@SuppressWarnings("ArrayRecordComponent") // Read once and handed on; lines are not compared.
public record LetterLine(String file, long number, long offset, long length, byte[] bytes, FiledLetter filed) {

    /** Whether the line is no letter. */
    public boolean isDamaged() {
        return filed == null;
    }

    /** Offset behind it. */
    public long end() {
        return offset + length;
    }
}
