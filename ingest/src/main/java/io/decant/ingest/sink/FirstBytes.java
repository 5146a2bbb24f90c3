package io.decant.ingest.sink;

import java.util.Arrays;

/**
 * What the first bytes of an answer tell, up to four of them or more.
 *
 * @param text the bytes without a UTF-8 byte order mark
 * @param foreign what they begin instead of a text in UTF-8; empty where nothing tells that
 */
@SuppressWarnings("ArrayRecordComponent") // Made and read at one place.
record FirstBytes(byte[] text, String foreign) {

    private static final int[] BYTE_ORDER_MARK = {0xef, 0xbb, 0xbf};

    static FirstBytes of(byte[] bytes) {
        if (beginsWith(bytes, BYTE_ORDER_MARK)) {
            return of(Arrays.copyOfRange(bytes, BYTE_ORDER_MARK.length, bytes.length));
        }
        return new FirstBytes(bytes, foreign(bytes));
    }

    /** By a byte order mark, by an object's first brace, or by what each file of the kind begins with. */
    private static String foreign(byte[] bytes) {
        if (beginsWith(bytes, 0x1f, 0x8b, 8)) {
            return "gzip";
        }
        if (beginsWith(bytes, 0x28, 0xb5, 0x2f, 0xfd)) {
            return "zstd";
        }
        if (beginsWith(bytes, 0, 0, 0xfe, 0xff) || beginsWith(bytes, 0, 0, 0, '{')) {
            return "UTF-32";
        }
        boolean utf16 = beginsWith(bytes, 0xfe, 0xff)
                || beginsWith(bytes, 0xff, 0xfe)
                || beginsWith(bytes, 0, '{')
                || beginsWith(bytes, '{', 0);
        return utf16 ? "UTF-16" : "";
    }

    private static boolean beginsWith(byte[] bytes, int... expected) {
        if (bytes.length < expected.length) {
            return false;
        }
        for (int i = 0; i < expected.length; i++) {
            if (Byte.toUnsignedInt(bytes[i]) != expected[i]) {
                return false;
            }
        }
        return true;
    }
}
