package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class JournalStateTest {

    private static final StreamId SESSION = new StreamId("logs", "s", true);

    @Test
    void shouldRefuseAGapInAKeptStream() {
        JournalState state = new JournalState();
        state.apply(SESSION, 0, 5, 10, 1_000);
        assertThatThrownBy(() -> state.apply(SESSION, 6, 1, 2, 1_000)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldTakeAForgottenStreamUpWhereItsSourceGoesOn() {
        JournalState state = new JournalState();
        state.apply(SESSION, 0, 5, 10, 1_000);
        state.forgetStreams((stream, position) -> true);

        // Its client was connected all the time, and had nothing to say for longer than the stream is kept.
        state.apply(SESSION, 5, 2, 4, 9_000);

        assertThat(state.streams().get(SESSION)).isEqualTo(new JournalState.StreamPosition(7, 9_000));
    }

    @Test
    void shouldKnowBehindACheckpointWhomTheUncutBlocksAreFor() {
        JournalState state = new JournalState();
        state.apply(Recipients.replayStream("api", "plan"), 0, 5, 10, 1_000);

        JournalState decoded = JournalState.decode(state.encode(1, 0)).state();

        assertThat(decoded.uncutRecipients()).isEqualTo(state.uncutRecipients());
        assertThat(decoded.uncutRecipients().include("api")).isTrue();
        assertThat(decoded.uncutRecipients().include("archive")).isFalse();
    }

    @Test
    void shouldRefuseAMarkThatSaysNoMoreThanTheOneBeforeIt() {
        JournalState state = new JournalState();
        state.apply(SESSION, 0, 5, 10, 1_000);
        state.apply(new Cut(1, 0, 1_000, 0, 5, 10, new Shape("edge-1", "record", "record", 7, List.of())), 500);
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
        JournalState state = new JournalState();
        state.apply(Recipients.replayStream("api", "plan"), 0, 5, 10, 1_000);
        state.apply(SESSION, 0, 5, 10, 1_000);
        assertThat(state.uncutRecipients()).isEqualTo(Recipients.EVERY_SINK);
    }
}
