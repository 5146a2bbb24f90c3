package io.decant.ingest.sink.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {

    private final Ledger ledger = new Ledger("db", "00c0ffee-db", TableName.of("decant_ledger"));

    @Test
    void shouldForgetWhatNoRestartComesBackToOnce() {
        ledger.durable(3);
        LedgerRow row = ledger.row("b", 5);
        assertThat(row).isEqualTo(new LedgerRow("b", "00c0ffee-db", 5, 4));
        // Until it is written it says so again.
        assertThat(ledger.row("c", 5).forgetBefore()).isEqualTo(4);
        ledger.written(row);
        assertThat(ledger.row("d", 5).forgetBefore()).isZero();
    }

    @Test
    void shouldNotForgetItsOwnBatchWhileBatchesAreReplayed() {
        ledger.durable(100);
        assertThat(ledger.row("a", 50).forgetBefore()).isEqualTo(50);
    }

    /** It may have been given up before it began to write. */
    @Test
    void shouldNotForgetABatchOfWhichAnAttemptIsUnderWay() {
        ledger.begun(2);
        ledger.begun(2);
        ledger.begun(5);
        ledger.durable(4);
        assertThat(ledger.row("a", 5).forgetBefore()).isEqualTo(2);
        ledger.ended(2);
        assertThat(ledger.row("b", 5).forgetBefore()).isEqualTo(2);
        ledger.ended(2);
        assertThat(ledger.row("c", 5).forgetBefore()).isEqualTo(5);
    }

    /** A crash takes marks back, and batches of which some parts are written come again. */
    @Test
    void shouldExpectOfEarlierProcessesWhateverTheJournalHadCut() {
        assertThat(ledger.reached(463)).isEqualTo(463);
        ledger.cut(464);
        assertThat(ledger.reached(463)).isEqualTo(464);
        assertThat(ledger.reached(470)).isEqualTo(470);
    }
}
