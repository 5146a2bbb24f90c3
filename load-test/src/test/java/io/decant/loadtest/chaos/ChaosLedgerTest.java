package io.decant.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.loadtest.chaos.ChaosLedger.Scope;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The ledger sees what a server could do wrong. */
class ChaosLedgerTest {

    private static final String STREAM = "tcp-0";
    private static final int COUNT = 400;
    private static final Map<String, Long> SENT = Map.of(STREAM, (long) COUNT);

    private final ChaosLedger ledger = new ChaosLedger("sink api");

    private void take(long... numbers) {
        for (long number : numbers) {
            ledger.take(new ChaosRecord(STREAM, number).json(), "batch 1");
        }
    }

    private void takeRange(long from, long end) {
        take(LongStream.range(from, end).toArray());
    }

    private List<String> faults(Scope scope, int runsMax) {
        return ledger.faults(SENT, scope, runsMax);
    }

    @Test
    void shouldAgreeWhereEverythingIsThereOnce() {
        takeRange(0, COUNT);
        assertThat(faults(Scope.ALL, 1)).isEmpty();
        assertThat(ledger.has(SENT)).isTrue();
        assertThat(ledger.records()).isEqualTo(COUNT);
    }

    @Test
    void shouldNameALostRecord() {
        takeRange(0, 17);
        takeRange(18, COUNT);
        assertThat(ledger.has(SENT)).isFalse();
        assertThat(faults(Scope.ALL, 1))
                .containsExactly("sink api: 1 of 400 records of tcp-0 are missing, from record 17 to 17");
    }

    @Test
    void shouldNameALostEndAndALostStream() {
        takeRange(0, COUNT - 3);
        assertThat(ledger.faults(Map.of(STREAM, (long) COUNT, "kafka-1", 2L), Scope.ALL, 1))
                .containsExactlyInAnyOrder(
                        "sink api: 3 of 400 records of tcp-0 are missing, from record 397 to 399",
                        "sink api: 2 of 2 records of kafka-1 are missing, from record 0 to 1");
    }

    @Test
    void shouldNameADuplicate() {
        takeRange(0, COUNT);
        take(5);
        assertThat(faults(Scope.ALL, 1)).containsExactly("sink api: batch 1: record 5 of tcp-0 is there twice");
    }

    @Test
    void shouldNameARecordThatCameBeforeAnEarlierOneOfItsKey() {
        int[] pair = recordsOfOneKey();
        takeRange(0, pair[0]);
        takeRange(pair[0] + 1, COUNT);
        take(pair[0]);
        assertThat(faults(Scope.ALL, 1))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("sink api: batch 1: record " + pair[0] + " of tcp-0 and key-")
                .contains("comes after record ");
    }

    /** Two records of the same key. */
    private static int[] recordsOfOneKey() {
        for (int one = 0; one < COUNT; one++) {
            for (int other = one + 1; other < COUNT; other++) {
                if (new ChaosRecord(STREAM, one).key().equals(new ChaosRecord(STREAM, other).key())) {
                    return new int[] {one, other};
                }
            }
        }
        throw new AssertionError("no key comes twice");
    }

    @Test
    void shouldAllowOtherKeysInAnyOrder() {
        take(1, 0);
        assertThat(new ChaosRecord(STREAM, 0).key()).isNotEqualTo(new ChaosRecord(STREAM, 1).key());
        assertThat(ledger.faults(Map.of(STREAM, 2L), Scope.ALL, 1)).isEmpty();
    }

    @Test
    void shouldNameWhatWasNeverSent() {
        takeRange(0, COUNT + 1);
        ledger.take("rubbish", "batch 1");
        ledger.take(new ChaosRecord(STREAM, 7).json().replace("\"n\":7", "\"n\":8"), "batch 1");
        assertThat(faults(Scope.ALL, 1))
                .hasSize(3)
                .anyMatch(fault -> fault.contains("a record that was never sent: rubbish"))
                .contains("sink api: record 400 of tcp-0, of which 400 were sent");
    }

    @Test
    void shouldAllowASinkThatCameLaterToLackTheBeginningAlone() {
        takeRange(100, COUNT);
        assertThat(faults(Scope.SUFFIX, 1)).isEmpty();
        assertThat(faults(Scope.ALL, 1)).hasSize(1);
    }

    @Test
    void shouldNameAGapOfASinkThatCameLater() {
        takeRange(100, 200);
        takeRange(201, COUNT);
        assertThat(faults(Scope.SUFFIX, 1))
                .containsExactly("sink api: 1 of 400 records of tcp-0 are missing, from record 200 to 200");
    }

    @Test
    void shouldAllowASinkThatCameAndLeftAsManyRunsAsItCame() {
        takeRange(100, 200);
        takeRange(250, 300);
        assertThat(faults(Scope.RUNS, 2)).isEmpty();
        assertThat(faults(Scope.RUNS, 1))
                .containsExactly("sink api: records of tcp-0 in 2 runs, but the sink was added 1 times;"
                        + " the first gap is behind record 199");
    }
}
