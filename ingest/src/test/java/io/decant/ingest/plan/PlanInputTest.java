package io.decant.ingest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Memory;
import io.decant.ingest.plan.PlanInput.PlanException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import net.jqwik.api.lifecycle.AfterTry;

class PlanInputTest {
    private static final int WINDOW_BYTES = 64;

    private final long allocated = Memory.allocatedBytes();

    @AfterTry
    void shouldLeaveNoMemoryBehind() {
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }

    /** Windows, chunks and blocks are so small that records lie across all of their ends. */
    @Property(tries = 500)
    void shouldFindTheRecordsOfFilesAndStreams(
            @ForAll @Size(max = 4) List<@StringLength(max = 200) @CharRange(from = 'a', to = 'b') String> texts,
            @ForAll @IntRange(min = 1, max = 40) int lineEvery,
            @ForAll @IntRange(min = 2, max = 80) int chunkBytes,
            @ForAll @IntRange(min = 2, max = 80) int blockBytes)
            throws IOException {
        try (PlanInput input = new PlanInput(WINDOW_BYTES, chunkBytes, blockBytes)) {
            List<String> expected = new ArrayList<>();
            for (String letters : texts) {
                String text = letters.replaceAll("(.{" + lineEvery + "})b*", "$1\n");
                expected.addAll(text.lines().toList());
                expected.addAll(text.lines().toList());
                input.add(slow(text), "stream");
                add(input, text);
            }
            List<String> found = new ArrayList<>();
            input.forEachRecord((address, length) -> {
                byte[] record = new byte[length];
                Memory.copyToArray(address, record, 0, length);
                found.add(new String(record, StandardCharsets.UTF_8));
            });
            assertThat(found).isEqualTo(expected);
            assertThat(input.chunks().records()).isEqualTo(expected.size());
            assertThat(input.chunks().bytes())
                    .isEqualTo(expected.stream()
                            .mapToLong(record -> record.length() + 1L)
                            .sum());
        }
    }

    @Example
    void shouldRefuseARecordThatNoMapCanHold() throws IOException {
        String text = "a\n" + "b".repeat(2 * WINDOW_BYTES) + "\n";
        try (PlanInput input = new PlanInput(WINDOW_BYTES, 8, 8)) {
            assertThatThrownBy(() -> add(input, text)).isInstanceOf(PlanException.class);
            assertThatThrownBy(() -> input.add(slow(text), "stream"))
                    .isInstanceOf(PlanException.class)
                    .hasMessageStartingWith("stream: holds a record of more than");
        }
    }

    /** In two pieces, as a pipe might bring it. */
    private static InputStream slow(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int half = bytes.length / 2;
        return new SequenceInputStream(
                new ByteArrayInputStream(bytes, 0, half), new ByteArrayInputStream(bytes, half, bytes.length - half));
    }

    private static void add(PlanInput input, String text) throws IOException {
        Path file = Files.createTempFile("plan", ".txt");
        try {
            Files.writeString(file, text);
            input.add(file);
        } finally {
            Files.delete(file);
        }
    }
}
