package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AckMode;
import io.decant.ingest.source.UnfinishedBudget;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * No direct memory for a word to a client: its connection ends, whatever it was about, gives back what it held, and no
 * other is concerned.
 */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpMemoryTest {

    private static final int SHARE = UnfinishedBudget.SHARE_BYTES_MAX;

    @Parameter
    TcpFixture.Kind kind;

    private TcpFixture tcp;

    @BeforeEach
    void listen() {
        tcp = new TcpFixture(kind);
    }

    @AfterEach
    void close() {
        tcp.memory.failNext(0);
        tcp.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = AckMode.class,
            names = {"COUNT", "END"})
    void shouldGiveBackThePlaceOfAConnectionThatFailsWhileItSettles(AckMode ack) {
        tcp.intake.syncsOnlyWhenTold();
        tcp.ack(ack).maxConnections(1).start();
        TestClient client = tcp.client().send("one\ntwo").endInput();
        // The last line is handed in by the end of the input, so it settles from here on.
        tcp.awaitRecords(2);
        tcp.memory.failNext(1);
        tcp.intake.sync();
        assertThat(client.rest()).isEmpty();
        assertThat(tcp.memory.toFail()).isZero();
        tcp.awaitConnections(0);
        assertThat(tcp.client().endInput().rest()).isEqualTo("OK 0\n");
        TcpFixture.await(tcp.source().drain());
        assertThat(tcp.source().status().records()).isEqualTo(2);
    }

    @Test
    void shouldSyncWhatAConnectionHandedInThatFailsBefore() {
        tcp.intake.syncsOnlyWhenTold();
        tcp.start();
        TestClient client = tcp.client().send("one\n");
        tcp.awaitRecords(1);
        client.send("two\n");
        tcp.awaitRecords(2);
        tcp.memory.failNext(1);
        tcp.intake.sync(1);
        assertThat(client.rest()).isEmpty();
        // It is closed, and counted as a connection until the second is synced.
        assertThat(tcp.source().status().connections()).isEqualTo(1);
        tcp.intake.sync();
        tcp.awaitConnections(0);
    }

    @Test
    void shouldGiveBackTheSessionOfAConnectionThatFailsWhileItSettles() {
        tcp.intake.syncsOnlyWhenTold();
        tcp.sessions().start();
        TestClient first = tcp.client("a", 0).send("one\n");
        tcp.awaitRecords(1);
        TestClient second = tcp.client().send("SESSION a\n");
        tcp.awaitClaims();
        tcp.memory.failNext(1);
        tcp.intake.sync();
        assertThat(first.rest()).isEmpty();
        assertThat(second.line()).isEqualTo("OK 1");
    }

    @Test
    void shouldGiveBackASessionWhoseClaimCannotBeAnswered() {
        tcp.sessions().start();
        tcp.memory.failNext(1);
        assertThat(tcp.client().send("SESSION a\n").rest()).isEmpty();
        tcp.client("a", 0);
    }

    @Test
    void shouldEndTheOthersWhereOneCannotBeToldOfTheEnd() {
        tcp.start();
        List<TestClient> clients =
                IntStream.range(0, 8).mapToObj(i -> tcp.client()).toList();
        tcp.awaitConnections(8);
        tcp.memory.failNext(1);
        CompletableFuture<Void> drained = tcp.source().drain();
        List<String> told = clients.stream().map(TestClient::rest).toList();
        assertThat(told.stream().filter(String::isEmpty)).hasSize(1);
        assertThat(told.stream().filter(text -> text.startsWith("ERR 0 shutting-down ")))
                .hasSize(7);
        clients.forEach(TestClient::close);
        TcpFixture.await(drained);
    }

    /** Connections go to the two loops in turn, so each of those that ask shares its loop with one that is ended. */
    @Test
    void shouldNotCloseTheOneThatAsksForRoomWhereTheOneThatIsEndedCannotBeTold() {
        tcp.unfinished(64 * SHARE).maxConnections(64).start();
        List<TestClient> ended =
                IntStream.range(0, 4).mapToObj(i -> tcp.client()).toList();
        long held = 0;
        for (TestClient client : ended) {
            client.send("x".repeat(16 * SHARE));
            held += 16 * SHARE;
            long expected = held;
            Await.until("all is held", () -> tcp.source().status().unfinishedBytes() == expected);
        }
        List<TestClient> asking =
                IntStream.range(0, 4).mapToObj(i -> tcp.client()).toList();
        tcp.awaitConnections(8);
        tcp.memory.failNext(4);
        for (int i = 0; i < asking.size(); i++) {
            asking.get(i).send("y".repeat(16 * SHARE));
            assertThat(ended.get(i).rest()).isEmpty();
        }
        assertThat(tcp.memory.toFail()).isZero();
        for (TestClient client : asking) {
            client.send("\n").linesUpTo("OK 1");
        }
    }
}
