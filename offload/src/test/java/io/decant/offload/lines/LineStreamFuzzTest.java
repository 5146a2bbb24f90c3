package io.decant.offload.lines;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzTarget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * Whatever an input file holds: its lines come whole, or there is an {@link UnreadableInputException}; how the bytes
 * come in makes no difference; and what passes for gzip is what Java unpacks it to.
 */
class LineStreamFuzzTest extends FuzzTarget {

    /** Bytes of a bomb that are read, no more. */
    private static final int BYTES_MAX = 1 << 20;

    @Override
    protected void check(byte[] input) throws Exception {
        for (String name : new String[] {"a", "a.gz", "a.zst"}) {
            byte[] whole = read(new ByteArrayInputStream(input), name);
            assertThat(read(slow(input), name)).isEqualTo(whole);
            if (whole != null
                    && whole.length < BYTES_MAX
                    && InputForm.ofContent(input, input.length) == InputForm.GZIP) {
                assertThat(whole).isEqualTo(new GZIPInputStream(new ByteArrayInputStream(input)).readAllBytes());
            }
        }
    }

    /** Null where it is refused. */
    private static byte[] read(InputStream in, String name) throws Exception {
        try (InputStream lines = LineStream.of(in, name)) {
            return lines.readNBytes(BYTES_MAX);
        } catch (UnreadableInputException e) {
            assertThat(e.getMessage()).startsWith(name + ": ");
            return null;
        }
    }

    private static InputStream slow(byte[] input) {
        return new ByteArrayInputStream(input) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(length, 3));
            }

            @Override
            public synchronized byte[] readNBytes(int length) {
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                for (int next = read(); next >= 0; next = all.size() < length ? read() : -1) {
                    all.write(next);
                }
                return all.toByteArray();
            }
        };
    }
}
