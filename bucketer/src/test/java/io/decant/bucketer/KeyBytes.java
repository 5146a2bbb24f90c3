package io.decant.bucketer;

import java.io.ByteArrayOutputStream;
import net.openhft.hashing.Access;

/** A hash function that keeps what it hashes: the bytes of a key, of which an extractor makes no copy. */
final class KeyBytes extends BytesHash {

    private byte[] hashed;

    /** The key of a record, null where it has none. */
    static byte[] of(KeyExtractor extractor, long address, int length) {
        KeyBytes bytes = new KeyBytes();
        if (!extractor.find(address, length)) {
            return null;
        }
        extractor.hash(bytes);
        return bytes.hashed;
    }

    /** The same for a record on the heap. */
    static byte[] of(KeyExtractor extractor, byte[] record) {
        try (NativeBytes memory = NativeBytes.of(record)) {
            return of(extractor, memory.address(), memory.length());
        }
    }

    @Override
    public <T> long hash(T input, Access<T> access, long offset, long length) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) length);
        for (long at = offset; at < offset + length; at++) {
            bytes.write(access.getByte(input, at));
        }
        hashed = bytes.toByteArray();
        return 0;
    }

    @Override
    public long hashVoid() {
        hashed = new byte[0];
        return 0;
    }
}
