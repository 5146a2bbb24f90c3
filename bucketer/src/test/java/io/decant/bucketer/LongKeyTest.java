package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.openhft.hashing.LongHashFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a key costs in memory does not depend on the record, and its hash does not depend on how it was read. */
class LongKeyTest {

    private static final int MIB = 1 << 20;
    private static final long SEED = 7;
    private static final LongHashFunction FUNCTION = LongHashFunction.xx3(SEED);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void shouldHashALongJsonStringAsItStands() {
        String text = "0123456789abcde\u00e9".repeat(MIB);
        assertHash("json:/a", "{\"a\":\"" + text + "\"}", text, MIB);
    }

    @Test
    void shouldHashALongJsonStringWithEscapesAsItStreamsBy() {
        String text = "a\n\u00e9\ud83d\ude00\"".repeat(2 * MIB);
        assertHash("json:/a", "{\"a\":\"" + "a\\n\\u00e9\\ud83d\\ude00\\\"".repeat(2 * MIB) + "\"}", text, MIB);
    }

    @Test
    void shouldHashALongCsvFieldAsItStands() {
        String text = "0,1\r3456789abcde".repeat(MIB);
        assertHash("csv:2", "x,\"" + text + "\",y", text, MIB);
    }

    @Test
    void shouldHashALongCsvFieldWithDoubledQuotesAsItStreamsBy() {
        assertHash("csv:2", "x,\"" + "a\"\"b,".repeat(3 * MIB) + "\",y", "a\"b,".repeat(3 * MIB), MIB);
    }

    @ParameterizedTest
    @CsvSource({
        "re2:^x=(.*);y$, 1, a",
        "re2:^x=(.*);y$, 1, \u00e9",
        "re2:^x=([^;]*), 16, \u6f22",
        "regex:^x=(.*);y$, 1, a",
        "regex:^x=(.*);y$, 1, \u00e9"
    })
    void shouldHashALongGroupAsItStands(String spec, int mebibytes, String character) {
        String text = character.repeat(mebibytes * MIB);
        assertHash(spec, "x=" + text + ";y", text, MIB);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"\":", "{\"\":["})
    void shouldSkipAValueOfAnyDepthWithABitALevel(String opening) {
        String closing = opening.replaceAll("[^\\[{]", "").replace('[', ']').replace('{', '}');
        String closings = new StringBuilder(closing).reverse().toString();
        int times = 6 * MIB / opening.length();
        // A bit a level, rounded up to a power of two, and what was too small before that: over three eighths of the
        // record in all.
        long allowed = 3 * 6 * MIB / 8;
        String deep = opening.repeat(times);
        assertHash("json:/a", deep, deep, allowed);
        assertHash("json:/a", "{\"x\":" + deep + "0" + closings.repeat(times) + ",\"a\":5}", "5", allowed);
        assertHash("json:/a", "{\"a\":" + deep + "0" + closings.repeat(times) + "}", null, allowed);
        String crossed = deep + "0" + closings.repeat(times - 1) + (closing.startsWith("[") ? "}" : "]");
        assertHash("json:/a", crossed, crossed, allowed);
    }

    @Test
    void shouldSkipLongNamesAndNumbers() {
        String record = "{\"" + "n\\n\u00e9".repeat(4 * MIB) + "\":" + "9".repeat(4 * MIB) + ",\"a\":\"k\"}";
        assertHash("json:/a", record, "k", MIB);
    }

    /** Around the window's size, and far from it. */
    @Property(tries = 60)
    void shouldHashAnEscapedTextLikeOnePiece(@ForAll @IntRange(max = 40) int windowEighths, @ForAll Random random) {
        int length = Math.max(0, windowEighths * EscapedText.WINDOW_BYTES / 8 + random.nextInt(41) - 20);
        StringBuilder escaped = new StringBuilder("{\"a\":\"\\t");
        StringBuilder text = new StringBuilder("\t");
        while (text.length() < length) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    escaped.append("\\u00e9");
                    text.append('\u00e9');
                }
                case 1 -> {
                    escaped.append("\\ud83d\\ude00");
                    text.append("\ud83d\ude00");
                }
                case 2 -> {
                    escaped.append("\\ud83d");
                    text.append('?');
                    escaped.append('.');
                    text.append('.');
                }
                default -> {
                    escaped.append((char) ('a' + text.length() % 26));
                    text.append((char) ('a' + text.length() % 26));
                }
            }
        }
        assertHash("json:/a", escaped.append("\"}").toString(), text.toString(), Long.MAX_VALUE);
    }

    /** A hash function may read as it likes, only slower. */
    @Test
    void shouldReadAnEscapedTextInAnyOrder() {
        String text = "0123456789\"".repeat(40_000);
        byte[] record = ("\"" + text.replace("\"", "\"\"") + "\"").getBytes(StandardCharsets.US_ASCII);
        KeyExtractor extractor = KeySpec.of("csv:1").newExtractor();
        try (NativeBytes memory = NativeBytes.of(record)) {
            assertThat(extractor.find(memory.address(), memory.length())).isTrue();
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            extractor.hash(new ReadingHash(text.length(), read));
            assertThat(read.toString(StandardCharsets.US_ASCII))
                    .isEqualTo("" + text.charAt(0) + text.charAt(439_999) + text.charAt(5) + text.charAt(200_000)
                            + text.charAt(199_000) + text.charAt(100_000));
        }
    }

    /** @param key null: not compared */
    private static void assertHash(String spec, String record, String key, long allocatedMax) {
        KeyHasher hasher = new Keying(KeySpec.of(spec), MissingKey.RECORD, SEED).newHasher();
        byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
        try (NativeBytes memory = NativeBytes.of(bytes)) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            long hash = hasher.hash(memory.address(), memory.length());
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(allocatedMax);
            if (key != null) {
                assertThat(hash).isEqualTo(FUNCTION.hashBytes(key.getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    /** Reads forwards and backwards. */
    private static final class ReadingHash extends BytesHash {

        private final long length;
        private final ByteArrayOutputStream read;

        private ReadingHash(long length, ByteArrayOutputStream read) {
            this.length = length;
            this.read = read;
        }

        @Override
        public <T> long hash(T input, net.openhft.hashing.Access<T> access, long offset, long bytes) {
            assertThat(bytes).isEqualTo(length);
            for (long at : new long[] {0, 439_999, 5, 200_000, 199_000, 100_000}) {
                read.write(access.getByte(input, offset + at));
            }
            return 0;
        }
    }
}
