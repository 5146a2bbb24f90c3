package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** The streams of requests are bounded, and nothing else is: the oldest of the source that has too many goes. */
class RequestStreamsTest {

    private static final OpaqueBytes CURSOR = OpaqueBytes.of((byte) 1, (byte) 2);

    private final JournalState state = new JournalState();

    private static StreamId request(String source, int number) {
        return new StreamId(source, StreamId.REQUEST_PREFIX + number, true);
    }

    private void apply(StreamId stream, long first) {
        state.apply(new Block(stream, first, 1, 1_000, Unpooled.wrappedBuffer(new byte[] {'\n'}), synced -> {})
                .withCursor(CURSOR));
    }

    private void limitTo(int requests) {
        state.limitRequests(requests * JournalState.requestBytes(StreamId.REQUEST_PREFIX + 1));
    }

    @Test
    void shouldForgetTheOldestOfTheSourceThatHasTooMany() {
        limitTo(2);
        apply(new StreamId("a", "session", true), 0);
        for (int i = 1; i <= 4; i++) {
            apply(request("a", i), 0);
        }
        apply(request("b", 5), 0);

        assertThat(state.streams().keySet())
                .containsExactly(new StreamId("a", "session", true), request("a", 3), request("a", 4), request("b", 5));
    }

    @Test
    void shouldTakeTheRestOfARequestThatWasForgottenMeanwhile() {
        limitTo(1);
        apply(request("a", 1), 0);
        apply(request("a", 2), 0);

        apply(request("a", 1), 1);

        assertThat(state.streams()).containsOnlyKeys(request("a", 1));
        assertThat(state.streams().get(request("a", 1)).next()).isEqualTo(2);
    }

    @Test
    void shouldCountThoseOfACheckpoint() {
        for (int i = 1; i <= 3; i++) {
            apply(request("a", i), 0);
        }

        JournalState restored = CheckpointCodec.decode(state.encode(1, 0), CheckpointCodec.format(state))
                .state();
        restored.limitRequests(2 * JournalState.requestBytes(StreamId.REQUEST_PREFIX + 1));
        restored.apply(
                new Block(request("a", 4), 0, 1, 1_000, Unpooled.wrappedBuffer(new byte[] {'\n'}), synced -> {}));

        assertThat(restored.streams().keySet()).containsExactly(request("a", 3), request("a", 4));
        assertThat(restored.streams().get(request("a", 3)).cursor()).isEqualTo(CURSOR);
    }

    @Test
    void shouldNotCountWhatTheRulesForgot() {
        limitTo(2);
        apply(request("a", 1), 0);
        apply(request("a", 2), 0);

        state.beforeCheckpoint((stream, position) -> stream.equals(request("a", 1)));
        apply(request("a", 3), 0);

        assertThat(state.streams().keySet()).containsExactly(request("a", 2), request("a", 3));
    }

    @Test
    void shouldCountMoreThanAStreamTakesInACheckpoint() {
        int before = state.encode(1, 0).remaining();
        apply(request("a", 1), 0);

        assertThat((long) state.encode(1, 0).remaining() - before)
                .isLessThan(JournalState.requestBytes(StreamId.REQUEST_PREFIX + 1));
    }

    /** Whatever the names are: what counts no more than it may fits into the checkpoint. */
    @Test
    void shouldCountSoMuchForEachByteOfACheckpoint() {
        long checkpointBytes = 1_000_000;
        long countMax = JournalState.requestBytesOfCheckpoint(checkpointBytes);
        String source = "s".repeat(StreamId.SOURCE_BYTES_MAX);
        OpaqueBytes cursor = OpaqueBytes.of(new byte[RequestStreams.CURSOR_BYTES_MAX]);

        for (int length : new int[] {10, 50, 150, StreamId.NAME_BYTES_MAX}) {
            JournalState some = new JournalState();
            String name = StreamId.REQUEST_PREFIX + "x".repeat(length - StreamId.REQUEST_PREFIX.length() - 1);
            some.apply(request(source, name + 1, cursor));
            int first = some.encode(1, 0).remaining();
            some.apply(request(source, name + 2, cursor));
            long encoded = (long) some.encode(1, 0).remaining() - first;

            assertThat(countMax / JournalState.requestBytes(name + 1) * encoded)
                    .as("names of %d", length)
                    .isLessThanOrEqualTo(checkpointBytes);
        }
        assertThat(countMax).isGreaterThan(checkpointBytes * 3 / 2);
    }

    private static Block request(String source, String name, OpaqueBytes cursor) {
        return new Block(
                        new StreamId(source, name, true),
                        0,
                        1,
                        1_000,
                        Unpooled.wrappedBuffer(new byte[] {'\n'}),
                        synced -> {})
                .withCursor(cursor);
    }
}
