package io.decant.bucketer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keys of the engine of 0.1.0 in threads whose stack overflows, wherever it does. */
class RegexStackTest {

    private static final int STACKS = 150;
    private static final long STACK_BYTES_MIN = 160 << 10;

    @Test
    void shouldFindTheSameKeyWhereverTheStackOverflows() throws Exception {
        // Several blocks of characters that are not ASCII, of which each pushes a frame.
        String first = "é".repeat(700);
        byte[] record = (first + "ü".repeat(30_000) + "=key;").getBytes(UTF_8);
        long address = Memory.allocate(record.length);
        try {
            Memory.copyFromArray(record, 0, record.length, address);
            RegexKeyExtractor extractor = new RegexKeyExtractor(Pattern.compile("(?:é|ü)*=(\\w+);"));
            String[] found = new String[STACKS];
            for (int i = 0; i < STACKS; i++) {
                int at = i;
                Thread thread = new Thread(
                        null,
                        () -> found[at] = extractor.find(address, record.length)
                                ? new String(extractor.firstBytes(100), UTF_8)
                                : "none",
                        "small",
                        STACK_BYTES_MIN + i * 1_024L);
                thread.start();
                thread.join();
            }
            assertThat(found).containsOnly("key");
        } finally {
            Memory.free(address, record.length);
        }
    }
}
