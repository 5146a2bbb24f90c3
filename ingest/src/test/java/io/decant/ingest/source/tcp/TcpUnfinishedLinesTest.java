package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.source.UnfinishedBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Lines that do not finish: what they may hold, for how long, and that others finish theirs. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpUnfinishedLinesTest {

    private static final int SHARE = UnfinishedBudget.SHARE_BYTES_MAX;
    private static final int BUDGET = 64 * SHARE;
    private static final String BUSY =
            " busy the unfinished lines of all connections are over journal.unfinished, which is 1MiB\n";

    @Parameter
    TcpFixture.Kind kind;

    private TcpFixture tcp;

    @BeforeEach
    void listen() {
        tcp = new TcpFixture(kind).unfinished(BUDGET).maxConnections(64);
    }

    @AfterEach
    void close() {
        tcp.close();
    }

    private TestClient holding(int bytes) {
        long before = tcp.source().status().unfinishedBytes();
        TestClient client = tcp.client().send("x".repeat(bytes));
        Await.until(
                bytes + " bytes more are unfinished",
                () -> tcp.source().status().unfinishedBytes() == before + bytes);
        return client;
    }

    @Test
    void shouldEndTheOldestLineBeyondItsShareAndNobodyElse() {
        tcp.start();
        TestClient within = holding(SHARE);
        TestClient oldest = tcp.client().send("kept\n");
        oldest.linesUpTo("OK 1");
        oldest.send("y".repeat(2 * SHARE));
        Await.until("the oldest has begun", () -> tcp.source().status().unfinishedBytes() == 3 * SHARE);
        TestClient younger = holding(BUDGET - 3 * SHARE);

        TestClient asking = tcp.client().send("z");
        assertThat(oldest.rest()).isEqualTo("ERR 1" + BUSY);
        asking.send("z".repeat(100) + "\n").linesUpTo("OK 1");
        within.send("\n").linesUpTo("OK 1");
        younger.send("\n").linesUpTo("OK 1");
        assertThat(tcp.source().status().unfinishedBytes()).isZero();
        assertThat(tcp.source().status().refusals()).isEqualTo(1);
    }

    @Test
    void shouldEndALineThatOutgrowsItsShareWhereItIsTheOldest() {
        tcp.start();
        TestClient oldest = holding(10);
        TestClient younger = holding(BUDGET - SHARE);
        oldest.send("x".repeat(SHARE));
        assertThat(oldest.rest()).isEqualTo("ERR 0" + BUSY);
        younger.send("\n").linesUpTo("OK 1");
    }

    @Test
    void shouldGiveEachConnectionItsShareWhateverOthersHoldAndHoweverOftenTheyComeBack() {
        tcp.start();
        List<TestClient> modest = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            modest.add(holding(SHARE / 2));
        }
        List<TestClient> greedy = new ArrayList<>();
        // No more than may linger: the answer of one that is closed at once may be overtaken by a reset.
        for (int i = 0; i < 18; i++) {
            greedy.add(tcp.client().send("x".repeat(BUDGET / 3)));
        }
        for (TestClient client : modest) {
            client.send("x".repeat(SHARE / 2));
        }
        // Two of them find room beside the shares, and by then no more.
        Await.until("the others are ended", () -> tcp.source().status().refusals() == 16);
        for (TestClient client : modest) {
            client.send("\n").linesUpTo("OK 1");
        }
        assertThat(greedy.stream().filter(TestClient::hasAnswer)).hasSize(16).allMatch(client -> client.rest()
                .equals("ERR 0" + BUSY));
        assertThat(tcp.source().status().refusals()).isEqualTo(16);
    }

    @Test
    void shouldEndALineThatDoesNotFinishInTime() {
        tcp.lineTimeout(Duration.ofMillis(200)).start();
        TestClient slow = tcp.client().send("one\ntwo\nunfinished");
        slow.linesUpTo("ERR 2 line-timeout a line was not finished within line-timeout, which is 200ms");
        assertThat(slow.rest()).isEmpty();
        assertThat(tcp.intake.text()).isEqualTo("one\ntwo\n");
        assertThat(tcp.source().status().unfinishedBytes()).isZero();
    }

    @Test
    void shouldTakeNoSilenceAndNoLongStreamForASlowLine() {
        tcp.lineTimeout(Duration.ofMillis(300)).start();
        TestClient silent = tcp.client();
        TestClient streaming = tcp.client().send("begun");
        TestClient slow = tcp.client().send("slow");
        int lines = 0;
        // Each of its lines is unfinished for a while, and one always is, for longer than the other lives.
        for (; !slow.hasAnswer(); lines++) {
            streaming.send("\nbegun");
            tcp.awaitRecords(lines + 1);
        }
        assertThat(slow.rest()).startsWith("ERR 0 line-timeout ");
        assertThat(lines).isGreaterThan(10);
        streaming.send("\n").linesUpTo("OK " + (lines + 1));
        silent.send("one\n").linesUpTo("OK 1");
    }

    @Test
    void shouldNotCountTheTimeInWhichTheJournalHasNoRoom() {
        tcp.lineTimeout(Duration.ofMillis(100)).start();
        tcp.intake.hasRoomFor(0);
        TestClient held = tcp.client().send("one\ntw");
        Await.until("it waits for room", () -> tcp.source().status().paused());
        // Lines of another source's loops: they come to their timeout meanwhile.
        try (TcpFixture other =
                new TcpFixture(kind).lineTimeout(Duration.ofMillis(500)).start()) {
            assertThat(other.client().send("unfinished").rest()).startsWith("ERR 0 line-timeout ");
        }
        held.send("o\n");
        tcp.intake.hasRoomFor(Long.MAX_VALUE);
        held.linesUpTo("OK 2");
        assertThat(tcp.intake.text()).isEqualTo("one\ntwo\n");
    }

    @Test
    void shouldEndASessionLineThatDoesNotFinishInTime() {
        tcp.sessions().lineTimeout(Duration.ofMillis(100)).start();
        TestClient silent = tcp.client();
        assertThat(tcp.client().send("SESSION unfin").rest()).startsWith("ERR 0 line-timeout ");
        silent.send("SESSION a\nunfinished");
        assertThat(silent.line()).isEqualTo("OK 0");
        assertThat(silent.rest()).startsWith("ERR 0 line-timeout ");
    }
}
