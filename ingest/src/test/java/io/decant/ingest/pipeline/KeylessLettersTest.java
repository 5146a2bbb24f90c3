package io.decant.ingest.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.bucketer.MissingKey;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.deadletter.LetterFrame;
import io.decant.ingest.journal.BlockBytes;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.FrameBytes;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.StreamId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records without a key become letters with all that they came with, lines and frames alike. */
class KeylessLettersTest {

    /** Takes so many letters, and syncs at once. */
    private static final class SmallBox implements DeadLetterBox {
        private final List<DeadLetter> letters = new ArrayList<>();
        private int room;

        @Override
        public boolean offer(DeadLetter letter) {
            return letters.size() < room && letters.add(letter);
        }

        @Override
        public long offered() {
            return letters.size();
        }

        @Override
        public long synced() {
            return letters.size();
        }
    }

    @Test
    void shouldKeepWhatARecordWithoutAKeyHasBesideItsValue() {
        byte[] line = "line\n".getBytes(UTF_8);
        byte[] keyed = FrameBytes.of(7, 1_000, "k", "v".getBytes(UTF_8));
        byte[] value = FrameBytes.of(8, 2_000, null, "a\nb".getBytes(UTF_8));
        byte[] tombstone = FrameBytes.of(9, -1, null, null);
        byte[] content = ByteBuffer.allocate(keyed.length + value.length + tombstone.length)
                .put(keyed)
                .put(value)
                .put(tombstone)
                .array();
        BlockBytes block = new BlockBytes(new StreamId("clicks", "page-clicks-3", true), 0, 3, 0, content, true);
        long header = Memory.allocate(block.bytes().length);
        Memory.copyFromArray(block.bytes(), 0, block.bytes().length, header);
        long allocated = Memory.allocate(line.length);
        Memory.copyFromArray(line, 0, line.length, allocated);
        Chunks chunks = new Chunks();
        chunks.add(allocated, line.length, 1, 0);
        chunks.add(header + block.payload(), content.length, 3, header, true);
        Keying keying = new Keying(KeySpec.of("kafka-key"), MissingKey.DLQ, 1);
        Cut cut = new Cut(5, 0, 1, 0, 4, chunks.bytes(), new Shape("edge-1", "kafka-key", "dlq", 1, List.of()));
        try (OpenBatch batch = new OpenBatch(
                "0badcafe",
                cut,
                new BucketAssigner(1, Runnable::run).assign(chunks, keying),
                chunks,
                tag -> tag,
                false)) {
            SmallBox box = new SmallBox();
            KeylessLetters letters = new KeylessLetters(batch, box);

            box.room = 2;
            letters.work(0);
            assertThat(letters.synced()).isFalse();
            box.room = 9;
            letters.work(0);

            assertThat(letters.synced()).isTrue();
            byte[] none = {};
            assertThat(box.letters)
                    .containsExactly(
                            DeadLetter.withoutKey(5, 0, "line".getBytes(UTF_8), null),
                            DeadLetter.withoutKey(
                                    5,
                                    1,
                                    "a\nb".getBytes(UTF_8),
                                    new LetterFrame("page-clicks", 3, 8, 2_000, null, none, false)),
                            DeadLetter.withoutKey(
                                    5, 2, none, new LetterFrame("page-clicks", 3, 9, -1, null, none, true)));
        } finally {
            Memory.free(allocated, line.length);
            Memory.free(header, block.bytes().length);
        }
    }
}
