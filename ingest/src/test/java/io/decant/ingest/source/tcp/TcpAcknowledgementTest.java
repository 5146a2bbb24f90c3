package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AckMode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What clients are told, and when. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpAcknowledgementTest {

    @Parameter
    TcpFixture.Kind kind;

    private TcpFixture tcp;

    @BeforeEach
    void listen() {
        tcp = new TcpFixture(kind);
        tcp.intake.syncsOnlyWhenTold();
    }

    @AfterEach
    void close() {
        tcp.close();
    }

    @Test
    void shouldAcknowledgeOnlyWhatIsSynced() {
        tcp.start();
        TestClient client = tcp.client().send("one\n");
        tcp.awaitRecords(1);
        client.send("two\nthree\n");
        tcp.awaitRecords(3);
        assertThat(client.hasAnswer()).isFalse();
        tcp.intake.sync(1);
        assertThat(client.line()).isEqualTo("OK 1");
        assertThat(tcp.source().status().records()).isEqualTo(1);
        tcp.intake.sync();
        client.linesUpTo("OK 3");
    }

    @Test
    void shouldEndWithTheCountOfAllThatWasSent() {
        tcp.start();
        TestClient client = tcp.client().send("one\ntwo").endInput();
        tcp.awaitRecords(2);
        assertThat(client.hasAnswer()).isFalse();
        tcp.intake.sync();
        assertThat(client.rest()).endsWith("OK 2\n");
    }

    @Test
    void shouldTellAClientThatSentNothingThatNothingIsDurable() {
        tcp.start();
        assertThat(tcp.client().endInput().rest()).isEqualTo("OK 0\n");
    }

    @Test
    void shouldNotSayTheLastCountTwice() {
        tcp.start();
        TestClient client = tcp.client().send("one\n");
        tcp.awaitRecords(1);
        tcp.intake.sync();
        assertThat(client.line()).isEqualTo("OK 1");
        assertThat(client.endInput().rest()).isEmpty();
    }

    @Test
    void shouldTellManySyncedBlocksInFewLines() {
        tcp.start();
        TestClient client = tcp.client();
        for (int i = 1; i <= 200; i++) {
            client.send("r\n");
            tcp.awaitRecords(i);
        }
        tcp.whileLoopsStandStill(tcp.intake::sync);
        assertThat(client.endInput().rest()).isEqualTo("OK 200\n");
    }

    @Test
    void shouldSayOkForEachRecordToFlume() {
        tcp.ack(AckMode.FLUME).start();
        TestClient client = tcp.client().send("one\ntwo\n");
        tcp.awaitRecords(2);
        assertThat(client.hasAnswer()).isFalse();
        tcp.intake.sync();
        assertThat(client.line()).isEqualTo("OK");
        assertThat(client.line()).isEqualTo("OK");
        client.send("three").endInput();
        tcp.awaitRecords(3);
        tcp.intake.sync();
        assertThat(client.rest()).isEqualTo("OK\n");
    }

    @Test
    void shouldSayEveryOkEvenToAClientThatReadsOnlyAtTheEnd() {
        tcp.ack(AckMode.FLUME).start();
        int records = 3_000_000;
        TestClient client = tcp.client();
        client.send("\n".repeat(records)).endInput();
        tcp.awaitRecords(records);
        tcp.intake.sync();
        String answers = client.rest();
        assertThat(answers).hasSize(3 * records);
        assertThat(answers.equals("OK\n".repeat(records))).isTrue();
    }

    @Test
    void shouldKeepSilentWhenToldSo() {
        tcp.ack(AckMode.NONE).start();
        TestClient client = tcp.client().send("one\ntwo").endInput();
        tcp.awaitRecords(2);
        tcp.intake.sync();
        assertThat(client.rest()).isEmpty();
        assertThat(tcp.source().status().records()).isEqualTo(2);
    }

    @Test
    void shouldNotBeHeldUpByAClientThatNeverReadsItsAnswers() {
        tcp.ack(AckMode.FLUME).start();
        TestClient deaf = tcp.client();
        CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> deaf.send("\n".repeat(4_000_000)));
        tcp.awaitRecords(4_000_000);
        sent.join();
        tcp.intake.sync();
        TestClient other = tcp.client().send("one\n");
        tcp.awaitRecords(4_000_001);
        tcp.intake.sync();
        assertThat(other.line()).isEqualTo("OK");
    }

    @Test
    void shouldAcknowledgeAndCloseASilentConnectionWithoutItsUnfinishedLine() {
        tcp.idleTimeout(Duration.ofMillis(200)).start();
        TestClient client = tcp.client().send("one\nunfinished");
        tcp.awaitRecords(1);
        tcp.intake.sync();
        assertThat(client.rest()).isEqualTo("OK 1\n");
        assertThat(tcp.intake.text()).isEqualTo("one\n");
    }

    @Test
    void shouldNotTakeForSilenceWhatTheJournalOwes() {
        tcp.idleTimeout(Duration.ofMillis(40)).start();
        TestClient owed = tcp.client().send("one\n");
        tcp.awaitRecords(1);
        // Another connection, opened later, comes to its timeout; the one that is owed an answer does not.
        assertThat(tcp.client().rest()).isEqualTo("OK 0\n");
        assertThat(tcp.client().rest()).isEqualTo("OK 0\n");
        owed.send("two\n");
        tcp.awaitRecords(2);
        tcp.intake.sync();
        owed.linesUpTo("OK 2");
    }
}
