package io.decant.bucketer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** A batch without some of its records is the batch of the others, and those that are left out are found whole. */
class RemainderTest {

    @Property(tries = 300)
    void shouldHoldTheOtherRecordsAndFindThoseThatAreLeftOut(@ForAll long seed) {
        Random random = new Random(seed);
        try (Chunks all = new Chunks();
                Batch batch = new Batch(random, all)) {
            List<Integer> leftOut = new ArrayList<>();
            for (int i = 0; i < batch.texts.size(); i++) {
                if (random.nextInt(3) == 0) {
                    leftOut.add(i);
                }
            }
            long[] ordinals = leftOut.stream().mapToLong(i -> i).toArray();
            Remainder remainder = Remainder.of(all, ordinals);
            try (Chunks rest = remainder.chunks();
                    Assignment buckets = new BucketAssigner(1, Runnable::run)
                            .assign(rest, new Keying(KeySpec.of("csv:2"), MissingKey.RECORD, 1), true)) {
                for (int i = 0; i < ordinals.length; i++) {
                    assertThat(text(remainder.address(i), remainder.length(i)))
                            .isEqualTo(batch.texts.get((int) ordinals[i]));
                    assertThat(remainder.frame(i) != 0).isEqualTo(batch.framed.get((int) ordinals[i]));
                }
                List<String> expected = new ArrayList<>(batch.texts);
                for (int i = ordinals.length - 1; i >= 0; i--) {
                    expected.remove((int) ordinals[i]);
                }
                // All have one key, so each bucket holds one, in order of arrival.
                List<String> found = new ArrayList<>();
                List<Long> places = new ArrayList<>();
                ChunkCursor cursor = new ChunkCursor(rest);
                for (int bucket = 0; bucket < buckets.buckets(); bucket++) {
                    found.add(text(buckets.address(bucket, 0), buckets.length(bucket, 0)));
                    cursor.turnTo(buckets.arrival(bucket, 0));
                    places.add(cursor.tag() + remainder.recordsBefore(cursor.chunk()) + cursor.offset());
                }
                assertThat(found).isEqualTo(expected);
                // A chunk's tag is the ordinal of its first record here.
                for (int i = 0, left = 0; i < batch.texts.size(); i++) {
                    if (!leftOut.contains(i)) {
                        assertThat(places.get(left++)).isEqualTo(i);
                    }
                }
            }
        }
    }

    @Test
    void shouldRefuseARecordThatIsNotThere() {
        try (Chunks all = new Chunks();
                Batch batch = new Batch(new Random(1), all)) {
            long behind = batch.texts.size();
            assertThatThrownBy(() -> Remainder.of(all, new long[] {behind}))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Property(tries = 100)
    void shouldLookAtNoOtherRecordsThanAskedFor(@ForAll long seed) {
        Random random = new Random(seed);
        try (Chunks all = new Chunks();
                Batch batch = new Batch(random, all)) {
            BucketAssigner assigner = new BucketAssigner(1, Runnable::run);
            int from = random.nextInt(batch.texts.size());
            int to = from + 1 + random.nextInt(batch.texts.size() - from);
            for (MissingKey missing : MissingKey.values()) {
                assigner.probe(all, new Keying(KeySpec.of("csv:2"), missing, 1), from, to);
            }
            assigner.stop();
            assertThatThrownBy(() -> assigner.probe(all, Keying.wholeRecord(1), 0, batch.texts.size()))
                    .isInstanceOf(AssignmentStoppedException.class);
        }
    }

    private static String text(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return new String(bytes, UTF_8);
    }

    /** Chunks of lines and of frames, each tagged with the ordinal of its first record; of one key. */
    private static final class Batch implements AutoCloseable {
        private final List<String> texts = new ArrayList<>();
        private final List<Boolean> framed = new ArrayList<>();
        private final long address;
        private final int bytes;

        Batch(Random random, Chunks chunks) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            List<int[]> parts = new ArrayList<>();
            for (int chunk = 1 + random.nextInt(5); chunk > 0; chunk--) {
                boolean frames = random.nextBoolean();
                int from = all.size();
                int first = texts.size();
                for (int i = 1 + random.nextInt(6); i > 0; i--) {
                    String text = "r" + texts.size() + "x".repeat(random.nextInt(10) == 0 ? 70_000 : random.nextInt(9))
                            + ",k";
                    byte[] value = text.getBytes(UTF_8);
                    if (frames) {
                        ByteBuffer frame = ByteBuffer.allocate((int) Frame.bytes(-1, 0, value.length));
                        Frame.put(frame, texts.size(), 0, null, new byte[0], value);
                        all.writeBytes(frame.array());
                    } else {
                        all.writeBytes(value);
                        all.write('\n');
                    }
                    texts.add(text);
                    framed.add(frames);
                }
                parts.add(new int[] {from, all.size() - from, texts.size() - first, first, frames ? 1 : 0});
            }
            bytes = all.size();
            address = Memory.allocate(bytes);
            Memory.copyFromArray(all.toByteArray(), 0, bytes, address);
            parts.forEach(part -> chunks.add(address + part[0], part[1], part[2], part[3], part[4] == 1));
        }

        @Override
        public void close() {
            Memory.free(address, bytes);
        }
    }
}
