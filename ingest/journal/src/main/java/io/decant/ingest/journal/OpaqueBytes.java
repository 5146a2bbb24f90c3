package io.decant.ingest.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Bytes that the journal keeps and gives back, and of which only their owner knows the meaning. Immutable, equal by
 * content.
 */
public final class OpaqueBytes {

    /** No bytes. */
    public static final OpaqueBytes NONE = new OpaqueBytes(new byte[0]);

    private final byte[] bytes;

    private OpaqueBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes a copy. */
    public static OpaqueBytes of(byte... bytes) {
        return bytes.length == 0 ? NONE : new OpaqueBytes(bytes.clone());
    }

    public int length() {
        return bytes.length;
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /** A copy. */
    public byte[] toArray() {
        return bytes.clone();
    }

    /** As hexadecimal digits. */
    public String toHex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** Length as it stands on disk. */
    int encodedBytes() {
        return Short.BYTES + bytes.length;
    }

    /** Puts a u16 length and the bytes. */
    void put(ByteBuffer target) {
        target.putShort((short) bytes.length).put(bytes);
    }

    static OpaqueBytes get(ByteBuffer source) {
        int length = Short.toUnsignedInt(source.getShort());
        if (length == 0) {
            return NONE;
        }
        byte[] bytes = new byte[length];
        source.get(bytes);
        return new OpaqueBytes(bytes);
    }

    /** Checks the length of what is named {@code what} in messages. */
    OpaqueBytes atMost(int bytesMax, String what) {
        if (bytes.length > bytesMax) {
            throw new IllegalArgumentException(what + " has " + bytes.length + " bytes, more than " + bytesMax);
        }
        return this;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OpaqueBytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length + " bytes";
    }
}
