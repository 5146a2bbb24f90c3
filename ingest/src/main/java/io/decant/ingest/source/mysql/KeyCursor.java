package io.decant.ingest.source.mysql;

import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.OpaqueBytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * How far a range is read: the key of its last row, as the server gave it. Little-endian:
 *
 * <pre>
 * u8   version, 1
 * i64  number of the increment that the row is of; 0: of the import itself
 * u8   columns of the key, then of each
 * u16    bytes of its value
 * ...    the value
 * </pre>
 */
record KeyCursor(long increment, List<byte[]> key) {

    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 2 + Long.BYTES;

    KeyCursor {
        key = List.copyOf(key);
    }

    /** @throws ImportException where the key is too long */
    OpaqueBytes encode() {
        int bytes = HEADER_BYTES;
        for (byte[] value : key) {
            bytes += Short.BYTES + value.length;
        }
        if (bytes > Block.CURSOR_BYTES_MAX) {
            throw new ImportException("a key of " + bytes + " bytes is longer than " + Block.CURSOR_BYTES_MAX
                    + "; give the table a shorter unique key");
        }
        ByteBuffer target = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        target.put(VERSION).putLong(increment).put((byte) key.size());
        for (byte[] value : key) {
            target.putShort((short) value.length).put(value);
        }
        return OpaqueBytes.of(target.array());
    }

    /** @throws ImportException where a newer version wrote it, or it is none */
    static KeyCursor decode(OpaqueBytes cursor) {
        try {
            return decode(ByteBuffer.wrap(cursor.toArray()).order(ByteOrder.LITTLE_ENDIAN));
        } catch (BufferUnderflowException e) {
            throw new ImportException("the position of this range cannot be read: it has " + cursor);
        }
    }

    private static KeyCursor decode(ByteBuffer source) {
        byte version = source.get();
        if (version != VERSION) {
            throw new ImportException("a newer version of Decant wrote the position of this range; start that one");
        }
        long increment = source.getLong();
        int columns = Byte.toUnsignedInt(source.get());
        List<byte[]> key = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            byte[] value = new byte[Short.toUnsignedInt(source.getShort())];
            source.get(value);
            key.add(value);
        }
        return new KeyCursor(increment, key);
    }
}
