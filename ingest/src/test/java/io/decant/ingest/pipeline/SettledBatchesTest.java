package io.decant.ingest.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Piece;
import io.decant.ingest.journal.Positions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What no restart comes back to: beside a journal in which everything is synced as soon as it is appended. */
class SettledBatchesTest {

    private final SettledBatches settled = new SettledBatches(new Positions(100, 100, 100), List.of("api", "archive"));

    @BeforeEach
    void begin() {
        settled.begin(new Mark("api", 3, 50, 0, 0));
        settled.begin(new Mark("archive", 1, 10, 0, 0));
    }

    @Test
    void shouldSettleABatchOnceItsSinkHasItWhole() {
        assertThat(settled.of("api")).isEqualTo(3);
        assertThat(settled.hasPassed(letter("api", 3, 7, 7))).isTrue();
        assertThat(settled.hasPassed(letter("api", 4, 0, 0))).isFalse();
        settled.appended(new Mark("api", 4, 60, 0, 0));
        assertThat(settled.of("api")).isEqualTo(4);
        assertThat(settled.hasPassed(letter("api", 4, 0, 0))).isTrue();
    }

    @Test
    void shouldPassRecordsOfABatchThatIsUnderWay() {
        settled.appended(new Mark("api", 3, 50, 2, 10, List.of(new Piece(25, true))));
        assertThat(settled.of("api")).isEqualTo(3);
        assertThat(settled.hasPassed(letter("api", 4, 1, 99))).isTrue();
        assertThat(settled.hasPassed(letter("api", 4, 2, 9))).isTrue();
        // Who knows whether the piece that ends at 25 begins before or behind these.
        assertThat(settled.hasPassed(letter("api", 4, 2, 10))).isFalse();
        assertThat(settled.hasPassed(letter("api", 4, 2, 24))).isFalse();
        assertThat(settled.hasPassed(letter("api", 4, 3, 0))).isFalse();
        assertThat(settled.hasPassed(letter("api", 5, 0, 0))).isFalse();
    }

    @Test
    void shouldWaitWithRecordsThatGotToNoSinkForEverySink() {
        assertThat(settled.of("")).isEqualTo(1);
        assertThat(settled.hasPassed(DeadLetter.withoutKey(1, 5, new byte[0]))).isTrue();
        assertThat(settled.hasPassed(DeadLetter.withoutKey(2, 0, new byte[0]))).isFalse();
    }

    @Test
    void shouldWaitForNothingWhereTheSinkIsGone() {
        assertThat(settled.hasPassed(letter("gone", 9, 0, 0))).isTrue();
    }

    private static DeadLetter letter(String sink, long batch, int bucket, long ordinal) {
        return new DeadLetter(sink, batch, bucket, ordinal, Reason.REFUSED, 422, "", new byte[0]);
    }
}
