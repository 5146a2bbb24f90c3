package io.decant.offload.layout;

/**
 * CRC-32C of two texts, one behind the other, from the CRC of each: so the parts of a bucket may be written in any
 * order and anywhere, and still have one checksum. As zlib's {@code crc32_combine} does it (Mark Adler; the polynomial
 * of RFC 3720 in place of zlib's): a CRC moves over n bytes by a product with x<sup>8n</sup> modulo the polynomial.
 * Stateless.
 */
final class Crc32c {

    /** x<sup>0</sup>: bits are reflected, the highest power stands lowest. */
    private static final int ONE = 1 << 31;

    private static final int POLYNOMIAL = 0x82F63B78;

    /** x<sup>2^k</sup>, by k. */
    private static final int[] SQUARES = squares();

    private Crc32c() {}

    /**
     * @param first CRC of what comes first
     * @param next CRC of what follows
     * @param nextBytes how long that is
     */
    static int join(int first, int next, long nextBytes) {
        return multiply(powerOfBytes(nextBytes), first) ^ next;
    }

    /** x<sup>8n</sup>. */
    private static int powerOfBytes(long bytes) {
        int power = ONE;
        int k = 3;
        for (long left = bytes; left != 0; left >>>= 1, k++) {
            if ((left & 1) != 0) {
                power = multiply(SQUARES[k], power);
            }
        }
        return power;
    }

    private static int[] squares() {
        int[] squares = new int[Long.SIZE + 3];
        squares[0] = ONE >>> 1;
        for (int k = 1; k < squares.length; k++) {
            squares[k] = multiply(squares[k - 1], squares[k - 1]);
        }
        return squares;
    }

    /** The product of two polynomials modulo the polynomial. */
    private static int multiply(int a, int b) {
        int product = 0;
        int shifted = b;
        for (int bit = ONE; bit != 0; bit >>>= 1) {
            if ((a & bit) != 0) {
                product ^= shifted;
            }
            shifted = (shifted & 1) == 0 ? shifted >>> 1 : (shifted >>> 1) ^ POLYNOMIAL;
        }
        return product;
    }
}
