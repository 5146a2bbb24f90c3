package io.decant.ingest.deadletter;

import static io.decant.ingest.deadletter.LetterHistories.letter;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** How many records were refused in a row, by the letters. */
class RefusalHistoryTest {

    private static final long BATCH = 9;

    /** Records of each bucket of the batch. */
    private static long tenFiveTwo(int bucket) {
        return new long[] {10, 5, 2}[bucket];
    }

    @Test
    void shouldCountBackToTheLastRecordWithoutALetter() {
        RefusalHistory history = new RefusalHistory(BATCH, 0, 8, List.of(), 100);
        refused(history, BATCH, 0, 7, 2, 5, 6, 4);

        assertThat(history.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isEqualTo(4);
    }

    @Test
    void shouldCountNothingWhereTheRecordBeforeThePlaceWasAccepted() {
        RefusalHistory history = new RefusalHistory(BATCH, 0, 8, List.of(), 100);
        refused(history, BATCH, 0, 5, 6);

        assertThat(history.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isZero();
    }

    @Test
    void shouldCountWhatIsSentAgainAndWasRefusedBefore() {
        RefusalHistory history = new RefusalHistory(BATCH, 0, 7, List.of(), 100);
        refused(history, BATCH, 0, 6, 7, 8);

        assertThat(history.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isEqualTo(3);
        assertThat(history.hasCounted(BATCH, 0, 8)).isTrue();
        assertThat(history.hasCounted(BATCH, 0, 6)).isFalse();
        assertThat(history.hasCounted(BATCH, 0, 9)).isFalse();
        assertThat(history.hasCounted(BATCH, 1, 8)).isFalse();
    }

    /** One before it may have been accepted. */
    @Test
    void shouldNotCountWhatIsSentAgainBehindARecordWithoutALetter() {
        RefusalHistory history = new RefusalHistory(BATCH, 0, 7, List.of(), 100);
        refused(history, BATCH, 0, 6, 8, 9);
        refused(history, BATCH + 1, 0, 7);

        assertThat(history.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isEqualTo(1);
        assertThat(history.hasCounted(BATCH, 0, 8)).isFalse();
    }

    /** It is refused again behind that one, and counts no more then. */
    @Test
    void shouldCountWhatIsSentAgainThoughARecordThatIsPassedBehindItWasAccepted() {
        RefusalHistory history = new RefusalHistory(BATCH, 0, 3, List.of(new RefusalHistory.Passed(5, 7)), 100);
        refused(history, BATCH, 0, 2, 3, 6);

        assertThat(history.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isEqualTo(2);
        assertThat(history.hasCounted(BATCH, 0, 3)).isTrue();
    }

    @Test
    void shouldPassOverWhatTheFormatCannotCarryWithoutCountingIt() {
        RefusalHistory history = new RefusalHistory(BATCH, 0, 4, List.of(), 100);
        refused(history, BATCH, 0, 0, 1, 3);
        history.add(letter("api", BATCH, 0, 2, Reason.NOT_JSON));

        assertThat(history.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isEqualTo(3);
    }

    @Test
    void shouldGoOnInTheBucketBeforeIfThatWasRefusedToItsEnd() {
        RefusalHistory whole = new RefusalHistory(BATCH, 2, 1, List.of(), 100);
        refused(whole, BATCH, 2, 0);
        refused(whole, BATCH, 1, 0, 1, 2, 3, 4);
        refused(whole, BATCH, 0, 8, 9);
        RefusalHistory lastAccepted = new RefusalHistory(BATCH, 2, 1, List.of(), 100);
        refused(lastAccepted, BATCH, 2, 0);
        refused(lastAccepted, BATCH, 1, 0, 1, 2, 3);

        assertThat(whole.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isEqualTo(8);
        assertThat(lastAccepted.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isEqualTo(1);
    }

    /** It was answered while a record before it had to be repeated, and is not sent again. */
    @Test
    void shouldCountWhatIsPassedBehindThePlace() {
        RefusalHistory history = new RefusalHistory(
                BATCH, 0, 3, List.of(new RefusalHistory.Passed(4, 6), new RefusalHistory.Passed(7, 8)), 100);
        refused(history, BATCH, 0, 1, 2, 4, 5, 7);

        assertThat(history.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isEqualTo(5);
    }

    @Test
    void shouldCountNothingBeforeWhatWasAcceptedBehindThePlace() {
        RefusalHistory history = new RefusalHistory(
                BATCH, 0, 3, List.of(new RefusalHistory.Passed(4, 6), new RefusalHistory.Passed(7, 8)), 100);
        refused(history, BATCH, 0, 1, 2, 5, 7);

        assertThat(history.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isEqualTo(2);
    }

    @Test
    void shouldGoOnInTheBatchesBefore() {
        RefusalHistory history = new RefusalHistory(BATCH, 0, 1, List.of(), 100);
        refused(history, BATCH, 0, 0);
        refused(history, BATCH - 1, 1, 0);
        refused(history, BATCH - 1, 0, 0, 1, 2);
        refused(history, BATCH - 2, 0, 1, 2);

        assertThat(history.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isEqualTo(7);
    }

    @Test
    void shouldEndAtABatchWithoutLetters() {
        RefusalHistory history = new RefusalHistory(BATCH, 0, 0, List.of(), 100);
        refused(history, BATCH - 2, 0, 0, 1, 2);

        assertThat(history.inARow(BATCH, RefusalHistoryTest::tenFiveTwo)).isZero();
    }

    @Test
    void shouldKeepNoMoreThanIsOfUse() {
        RefusalHistory history = new RefusalHistory(BATCH, 0, 1_000_000, List.of(), 5);
        for (long ordinal = 0; ordinal < 1_000_000; ordinal++) {
            refused(history, BATCH, 0, ordinal);
        }

        assertThat(history.inARow(BATCH, bucket -> 1_000_000)).isEqualTo(5);
    }

    private static void refused(RefusalHistory history, long batch, int bucket, long... ordinals) {
        for (long ordinal : ordinals) {
            history.add(letter("api", batch, bucket, ordinal, Reason.REFUSED));
        }
    }
}
