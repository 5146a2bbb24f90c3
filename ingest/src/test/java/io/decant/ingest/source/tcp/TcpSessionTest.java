package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AckMode;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.ResumableStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions: a count that outlives connections, and takeover. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpSessionTest {

    private static final String TAKEN_OVER = " session-taken-over another connection continues this session\n";

    @Parameter
    TcpFixture.Kind kind;

    private TcpFixture tcp;

    @BeforeEach
    void listen() {
        tcp = new TcpFixture(kind).sessions();
    }

    @AfterEach
    void close() {
        tcp.close();
    }

    @Test
    void shouldCountASessionOverItsConnections() {
        tcp.start();
        TestClient first = tcp.client("a", 0).send("one\ntwo\n");
        first.linesUpTo("OK 2");
        assertThat(first.endInput().rest()).isEmpty();
        TestClient second = tcp.client("a", 2).send("three\n");
        assertThat(second.line()).isEqualTo("OK 3");
        assertThat(tcp.intake.text()).isEqualTo("one\ntwo\nthree\n");
        assertThat(tcp.intake.streams()).containsExactly(new StreamId("logs", "a", true));
    }

    @Test
    void shouldGoOnWhereTheJournalEndsAfterARestart() {
        tcp.kept.put("a", new ResumableStream(41, 0));
        tcp.start();
        tcp.client("a", 41).send("next\n").linesUpTo("OK 42");
    }

    @Test
    void shouldForgetASessionThatWasUnusedForTooLong() {
        tcp.kept.put("a", new ResumableStream(41, 0));
        tcp.start();
        tcp.served = Duration.ofDays(8);
        tcp.client("a", 0);
    }

    @Test
    void shouldKeepASessionWhateverIsDoneToTheWallClock() {
        tcp.kept.put("a", new ResumableStream(41, 0));
        tcp.start();
        tcp.now = tcp.now.plus(Duration.ofDays(8_000));
        tcp.client("a", 41);
    }

    @Test
    void shouldTakeASessionLineInPiecesAndRecordsAlongWithIt() {
        tcp.start();
        TestClient pieces = tcp.client();
        "SESSION pieces".chars().forEach(c -> pieces.send(Character.toString(c)));
        pieces.send("\none\ntwo").send("\n").linesUpTo("OK 2");
        TestClient whole =
                tcp.client().send("SESSION whole\none\ntwo\nunfinished").endInput();
        assertThat(whole.line()).isEqualTo("OK 0");
        whole.linesUpTo("OK 2");
        assertThat(whole.rest()).isEmpty();
        assertThat(tcp.intake.texts()).containsEntry("pieces", "one\ntwo\n").containsEntry("whole", "one\ntwo\n");
    }

    @Test
    void shouldAnswerTheSessionWhateverTheAcknowledgements() {
        tcp.ack(AckMode.FLUME).start();
        TestClient flume = tcp.client("a", 0).send("one\ntwo\n");
        assertThat(flume.line()).isEqualTo("OK");
        assertThat(flume.line()).isEqualTo("OK");
        flume.endInput();
        assertThat(flume.rest()).isEmpty();
        TestClient again = tcp.client("a", 2).send("three\n");
        assertThat(again.line()).isEqualTo("OK");
    }

    @Test
    void shouldDropAnUnterminatedRestOfASession() {
        tcp.start();
        TestClient client = tcp.client("a", 0).send("one\ntw").endInput();
        assertThat(client.rest()).isEqualTo("OK 1\n");
        tcp.client("a", 1).send("two\n").linesUpTo("OK 2");
        assertThat(tcp.intake.text()).isEqualTo("one\ntwo\n");
    }

    @Test
    void shouldRefuseABadSessionLine() {
        tcp.start();
        String refusal = "ERR 0 bad-session the first line must be SESSION <id>, ";
        assertThat(tcp.client().send("a record\n").rest()).startsWith(refusal);
        assertThat(tcp.client().send("SESSION a\r\n").rest()).startsWith(refusal);
        assertThat(tcp.client().send("SESSION " + "x".repeat(129) + "\n").rest())
                .startsWith(refusal);
        assertThat(tcp.client().send("SESSION unfin").endInput().rest()).startsWith(refusal);
        assertThat(tcp.client().endInput().rest()).isEmpty();
        assertThat(tcp.intake.blocks()).isZero();
    }

    @Test
    void shouldSyncAndCountTheFirstBeforeItAnswersTheSecond() {
        tcp.intake.syncsOnlyWhenTold();
        tcp.start();
        TestClient first = tcp.client("a", 0).send("one\ntwo\nunfinished");
        tcp.awaitRecords(2);
        TestClient second = tcp.client().send("SESSION a\n");
        Await.until("the first is ended", () -> tcp.source().status().unfinishedBytes() == 0);
        assertThat(first.hasAnswer()).isFalse();
        assertThat(second.hasAnswer()).isFalse();
        tcp.intake.sync();
        assertThat(first.rest()).endsWith("ERR 2" + TAKEN_OVER);
        assertThat(second.line()).isEqualTo("OK 2");
        second.send("three\n");
        tcp.awaitRecords(3);
        tcp.intake.sync();
        assertThat(second.line()).isEqualTo("OK 3");
    }

    @Test
    void shouldGiveTheSessionToAThirdThatComesWhileTheSecondWaits() {
        tcp.intake.syncsOnlyWhenTold();
        tcp.start();
        TestClient first = tcp.client("a", 0).send("one\n");
        tcp.awaitRecords(1);
        TestClient second = tcp.client().send("SESSION a\nof the second\n");
        tcp.awaitClaims();
        TestClient third = tcp.client().send("SESSION a\n");
        tcp.awaitClaims();
        tcp.intake.sync();
        assertThat(first.rest()).endsWith("ERR 1" + TAKEN_OVER);
        assertThat(second.rest()).isEqualTo("ERR 1" + TAKEN_OVER);
        assertThat(third.line()).isEqualTo("OK 1");
    }

    @Test
    void shouldGiveASessionThatManyRaceForToOneWithoutLosingACount() {
        tcp.start();
        int clients = 50;
        CompletableFuture.allOf(IntStream.range(0, clients)
                        .mapToObj(i -> CompletableFuture.runAsync(() -> {
                            try (TestClient client = new TestClient(tcp.port())) {
                                client.send("SESSION a\n");
                                String answer = client.line();
                                if (answer.startsWith("OK ")) {
                                    long next = Long.parseLong(answer.substring(3));
                                    String told = client.send("r\n").line();
                                    assertThat(told.startsWith("OK " + (next + 1))
                                                    || told.startsWith("ERR " + next + " session-taken-over")
                                                    || told.startsWith("ERR " + (next + 1) + " session-taken-over"))
                                            .as(told)
                                            .isTrue();
                                } else {
                                    assertThat(answer).contains(" session-taken-over ");
                                }
                            }
                        }))
                        .toArray(CompletableFuture[]::new))
                .join();
        tcp.client("a", tcp.intake.records());
    }

    @Test
    void shouldTakeOverAConnectionThatWaitsForRoom() {
        tcp.start();
        TestClient first = tcp.client("a", 0);
        tcp.intake.hasRoomFor(0);
        first.send("one\n");
        Await.until("the first waits for room", () -> tcp.source().status().paused());
        TestClient second = tcp.client().send("SESSION a\n");
        tcp.awaitClaims();
        assertThat(second.hasAnswer()).isFalse();
        tcp.intake.hasRoomFor(Long.MAX_VALUE);
        assertThat(first.rest()).endsWith("ERR 1" + TAKEN_OVER);
        assertThat(second.line()).isEqualTo("OK 1");
    }

    @Test
    void shouldAnswerTheSecondWhenTheFirstDiesMeanwhile() {
        tcp.intake.syncsOnlyWhenTold();
        tcp.start();
        TestClient first = tcp.client("a", 0).send("one\n");
        tcp.awaitRecords(1);
        TestClient second = tcp.client().send("SESSION a\n");
        tcp.awaitClaims();
        first.reset();
        assertThat(second.hasAnswer()).isFalse();
        tcp.intake.sync();
        assertThat(second.line()).isEqualTo("OK 1");
    }

    @Test
    void shouldReleaseASessionWhoseClaimantDiedWaiting() {
        tcp.intake.syncsOnlyWhenTold();
        tcp.start();
        tcp.client("a", 0).send("one\n");
        tcp.awaitRecords(1);
        TestClient second = tcp.client().send("SESSION a\n");
        tcp.awaitClaims();
        second.reset();
        tcp.intake.sync();
        TestClient third = tcp.client().send("SESSION a\n");
        assertThat(third.line()).isEqualTo("OK 1");
    }

    @Test
    void shouldRefuseOneSessionMoreThanTheJournalKeeps() {
        tcp.intake.keepsStreams(1);
        tcp.start();
        tcp.client("a", 0);
        assertThat(tcp.client().send("SESSION b\nrecord\n").rest()).startsWith("ERR 0 busy 1 sessions ");
        assertThat(tcp.intake.blocks()).isZero();
    }

    @Test
    void shouldLetNoAddressKeepOthersFromTheirSessions() {
        tcp.sessionsPerAddress(3).start();
        for (int i = 0; i < 3; i++) {
            assertThat(tcp.client("greedy" + i, 0).send("record\n").endInput().rest())
                    .isEqualTo("OK 1\n");
        }
        TestClient greedy = tcp.client().send("SESSION greedy3\nrecord\n");
        assertThat(greedy.rest()).startsWith("ERR 0 busy 3 sessions of this address are kept already, ");
        TestClient other = tcp.clientFrom("127.0.0.2").send("SESSION other\nrecord\n");
        assertThat(other.line()).isEqualTo("OK 0");
        other.linesUpTo("OK 1");
        tcp.client("greedy1", 1).send("record\n").linesUpTo("OK 2");
    }

    @Test
    void shouldMakeRoomBySessionsThatNeverHadARecord() {
        tcp.intake.keepsStreams(4);
        tcp.sessionsPerAddress(2).start();
        for (int i = 0; i < 20; i++) {
            // It says nothing more: the session was answered with the same count.
            assertThat(tcp.client("empty" + i, 0).endInput().rest()).isEmpty();
        }
        tcp.client("full", 0).send("record\n").linesUpTo("OK 1");
    }
}
