package io.decant.ingest.source.kafka;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.ByteUtils;

/**
 * Fields of Kafka's messages as they are on the wire, where a message may be in part or make no sense. In the compact
 * versions of a message lengths are of variable size, one more than they are, and tagged fields may follow others.
 * Stateless.
 *
 * <p>All throw {@link BufferUnderflowException} where a field is not all here, and {@link IllegalArgumentException} for
 * what no field holds.
 */
final class WireFields {

    private WireFields() {}

    /** How many elements follow; negative where there is no list. */
    static int count(ByteBuffer read, boolean isCompact) {
        return isCompact ? ByteUtils.readUnsignedVarint(read) - 1 : read.getInt();
    }

    /** Text; empty where there is none. */
    static String text(ByteBuffer read, boolean isCompact) {
        int length = isCompact ? ByteUtils.readUnsignedVarint(read) - 1 : read.getShort();
        if (length <= 0) {
            return "";
        }
        if (length > read.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] text = new byte[length];
        read.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /** Passes over the tagged fields that only a compact message has. */
    static void skipTags(ByteBuffer read, boolean isCompact) {
        if (isCompact) {
            for (int left = ByteUtils.readUnsignedVarint(read); left > 0; left--) {
                ByteUtils.readUnsignedVarint(read);
                skip(read, ByteUtils.readUnsignedVarint(read));
            }
        }
    }

    /** Passes over so many bytes. */
    static void skip(ByteBuffer read, int count) {
        if (count < 0) {
            throw new IllegalArgumentException("a negative length");
        }
        if (count > read.remaining()) {
            throw new BufferUnderflowException();
        }
        read.position(read.position() + count);
    }
}
