package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Frame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JournalStateTest {

    private static final StreamId SESSION = new StreamId("logs", "s", true);
    private static final StreamId PARTITION = new StreamId("clicks", "clicks-0", true);
    private static final UUID TOPIC = new UUID(1, 2);

    private final JournalState state = new JournalState();

    private void apply(StreamId stream, long first, int records, int bytes, long arrivalMillis) {
        state.apply(new Block(
                stream, first, records, arrivalMillis, Unpooled.wrappedBuffer(new byte[bytes]), synced -> {}));
    }

    private void applyFrames(long first, int records, long resumeOffset, UUID topicId) {
        ByteBuf payload = Unpooled.wrappedBuffer(new byte[records * Frame.HEADER_BYTES]);
        state.apply(Block.framed(PARTITION, first, records, 1_000, payload, resumeOffset, topicId, synced -> {}));
    }

    /** A clock that is corrected moves no window back; one that had been wrong by more than a day does. */
    @Test
    void shouldRefuseAWindowThatGoesBackByADayOrLess() {
        long day = JournalState.CLOCK_BEHIND_MILLIS_MAX;
        Shape shape = new Shape("edge-1", "record", "record", 7, List.of());
        apply(SESSION, 0, 5, 10, 1_000);
        state.apply(new Cut(1, 2 * day, 2 * day + 1, 0, 5, 10, shape).head(), 500);
        apply(SESSION, 5, 5, 10, 1_000);
        for (long start : List.of(day, 2 * day - 1)) {
            assertThatThrownBy(() -> state.check(new Cut(2, start, start + 1, 500, 5, 10, shape).head()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("begins before the last one");
        }
        for (long start : List.of(day - 1, 0L, 2 * day, 9 * day)) {
            state.check(new Cut(2, start, start + 1, 500, 5, 10, shape).head());
        }
    }

    private static JournalState decoded(JournalState state) {
        return CheckpointCodec.decode(state.encode(1, 0), CheckpointCodec.format(state))
                .state();
    }

    @Test
    void shouldRefuseAGapInAKeptStream() {
        apply(SESSION, 0, 5, 10, 1_000);
        assertThatThrownBy(() -> apply(SESSION, 6, 1, 2, 1_000)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldTakeAForgottenStreamUpWhereItsSourceGoesOn() {
        apply(SESSION, 0, 5, 10, 1_000);
        state.beforeCheckpoint((stream, position) -> true);

        // Its client was connected all the time, and had nothing to say for longer than the stream is kept.
        apply(SESSION, 5, 2, 4, 9_000);

        assertThat(state.streams().get(SESSION)).isEqualTo(new JournalState.StreamPosition(7, 9_000, ResumePoint.NONE));
    }

    @Test
    void shouldKnowBehindACheckpointWhomTheUncutBlocksAreFor() {
        apply(Recipients.replayStream("api", "plan"), 0, 5, 10, 1_000);

        JournalState decoded = decoded(state);

        assertThat(decoded.uncutRecipients()).isEqualTo(state.uncutRecipients());
        assertThat(decoded.uncutRecipients().include("api")).isTrue();
        assertThat(decoded.uncutRecipients().include("archive")).isFalse();
    }

    @Test
    void shouldRefuseAMarkThatSaysNoMoreThanTheOneBeforeIt() {
        apply(SESSION, 0, 5, 10, 1_000);
        state.apply(new Cut(1, 0, 1_000, 0, 5, 10, new Shape("edge-1", "record", "record", 7, List.of())).head(), 500);
        Mark passed = new Mark("api", 0, 0, 0, 0, List.of(new Piece(2, true), new Piece(5, false)));
        state.apply(passed);

        assertThatThrownBy(() -> state.check(passed)).isInstanceOf(IllegalStateException.class);
        Mark forgetful = new Mark("api", 0, 0, 0, 0, List.of(new Piece(2, false), new Piece(5, false)));
        assertThatThrownBy(() -> state.check(forgetful)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> state.check(new Mark("api", 2, 500, 0, 0))).isInstanceOf(IllegalStateException.class);
        state.check(new Mark("api", 1, 500, 0, 0));
    }

    @Test
    void shouldSendToEverySinkWhatARepairPutTogether() {
        apply(Recipients.replayStream("api", "plan"), 0, 5, 10, 1_000);
        apply(SESSION, 0, 5, 10, 1_000);
        assertThat(state.uncutRecipients()).isEqualTo(Recipients.EVERY_SINK);
    }

    @Test
    void shouldKnowBehindACheckpointWhereAPartitionGoesOn() {
        applyFrames(0, 5, 17, TOPIC);
        apply(SESSION, 0, 5, 10, 2_000);

        JournalState decoded = decoded(state);

        assertThat(decoded.streams()).isEqualTo(state.streams());
        assertThat(decoded.streams().get(PARTITION))
                .isEqualTo(new JournalState.StreamPosition(5, 1_000, new ResumePoint(17, TOPIC)));
    }

    @Test
    void shouldTakeGapsInOffsetsAndNoneInOrdinals() {
        applyFrames(0, 5, 17, TOPIC);
        applyFrames(5, 1, 900, TOPIC);

        assertThatThrownBy(() -> applyFrames(7, 1, 1_000, TOPIC)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldRefuseAPartitionThatGoesBack() {
        applyFrames(0, 5, 17, TOPIC);

        assertThatThrownBy(() -> applyFrames(5, 1, 16, TOPIC)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldBeginARecreatedTopicAnewAndNeverGoOnWithItInTheMiddle() {
        UUID recreated = new UUID(3, 4);
        applyFrames(0, 5, 17, TOPIC);
        assertThatThrownBy(() -> applyFrames(5, 1, 18, recreated)).isInstanceOf(IllegalStateException.class);

        applyFrames(0, 2, 2, recreated);

        assertThat(state.streams().get(PARTITION))
                .isEqualTo(new JournalState.StreamPosition(2, 1_000, new ResumePoint(2, recreated)));
    }
}
