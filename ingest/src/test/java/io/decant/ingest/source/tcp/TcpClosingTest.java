package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Drain and abort. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpClosingTest {

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
    void shouldDrainOnceEverythingIsAcknowledgedAndEveryClientTold() {
        tcp.start();
        TestClient busy = tcp.client().send("one\ntwo\nunfinished");
        TestClient quiet = tcp.client();
        tcp.awaitRecords(2);
        tcp.awaitConnections(2);
        CompletableFuture<Void> drained = tcp.source().drain();
        assertThat(quiet.rest()).startsWith("ERR 0 shutting-down ");
        assertThat(drained).isNotDone();
        assertThat(busy.hasAnswer()).isFalse();
        tcp.intake.sync();
        busy.linesUpTo("OK 2");
        assertThat(busy.rest()).startsWith("ERR 2 shutting-down ");
        busy.close();
        quiet.close();
        TcpFixture.await(drained);
        assertThat(tcp.intake.text()).isEqualTo("one\ntwo\n");
        assertThat(tcp.source().status().unfinishedBytes()).isZero();
        assertThat(tcp.source().status().connections()).isZero();
    }

    @Test
    void shouldListenNoMoreOnceDrained() {
        tcp.start();
        int port = tcp.port();
        TcpFixture.await(tcp.source().drain());
        // The JDK lets go of a listening socket at its selector's next turn, which on a busy machine is a moment later.
        Await.until("no more connections on port " + port, () -> refuses(port));
    }

    private static boolean refuses(int port) {
        try (TestClient client = new TestClient(port)) {
            return false;
        } catch (UncheckedIOException e) {
            return true;
        }
    }

    @Test
    void shouldDrainInTimeFromClientsThatStay() {
        tcp.start();
        TestClient stays = tcp.client().send("one\n");
        tcp.awaitRecords(1);
        tcp.intake.sync();
        TcpFixture.await(tcp.source().drain());
        stays.linesUpTo("OK 1");
        assertThat(stays.line()).startsWith("ERR 1 shutting-down ");
    }

    @Test
    void shouldHandInWhatWaitsForRoomBeforeItIsDrained() {
        tcp.intake.hasRoomFor(0);
        tcp.start();
        TestClient client = tcp.client().send("one\n");
        Await.until("the connection waits for room", () -> tcp.source().status().paused());
        CompletableFuture<Void> drained = tcp.source().drain();
        tcp.intake.hasRoomFor(Long.MAX_VALUE);
        tcp.awaitRecords(1);
        assertThat(drained).isNotDone();
        tcp.intake.sync();
        client.linesUpTo("OK 1");
        assertThat(client.rest()).startsWith("ERR 1 shutting-down ");
        client.close();
        TcpFixture.await(drained);
    }

    @Test
    void shouldTellAClientThatWaitsForItsSessionTheCountWhenDrained() {
        tcp.sessions().start();
        TestClient first = tcp.client("a", 0).send("one\n");
        tcp.awaitRecords(1);
        TestClient second = tcp.client().send("SESSION a\n");
        tcp.awaitClaims();
        CompletableFuture<Void> drained = tcp.source().drain();
        tcp.awaitDrainBegun();
        tcp.intake.sync();
        assertThat(first.rest()).contains("ERR 1 ");
        assertThat(second.rest()).startsWith("ERR 1 shutting-down ");
        TcpFixture.await(drained);
    }

    @Test
    void shouldAcknowledgeNothingMoreOnceAborted() {
        tcp.start();
        TestClient client = tcp.client().send("one\n");
        tcp.awaitRecords(1);
        tcp.intake.sync();
        assertThat(client.line()).isEqualTo("OK 1");
        client.send("two\n");
        tcp.awaitRecords(2);
        CompletableFuture<Void> aborted = tcp.source().abort("journal-failed", "the disk said\nno");
        assertThat(client.rest()).isEqualTo("ERR 1 journal-failed the disk said no\n");
        client.close();
        TcpFixture.await(aborted);
    }

    @Test
    void shouldAbortWhatWaitsForRoomAndForSessions() {
        tcp.intake.hasRoomFor(0);
        tcp.sessions().start();
        TestClient first = tcp.client("a", 0).send("one\n");
        Await.until("the connection waits for room", () -> tcp.source().status().paused());
        TestClient second = tcp.client().send("SESSION a\n");
        tcp.awaitClaims();
        CompletableFuture<Void> aborted = tcp.source().abort("journal-failed", "the disk is gone");
        assertThat(first.rest()).isEqualTo("ERR 0 journal-failed the disk is gone\n");
        assertThat(second.rest()).isEqualTo("ERR 0 journal-failed the disk is gone\n");
        TcpFixture.await(aborted);
        assertThat(tcp.intake.blocks()).isZero();
    }

    @Test
    void shouldEndADrainThatIsAborted() {
        tcp.start();
        TestClient client = tcp.client().send("one\n");
        tcp.awaitRecords(1);
        CompletableFuture<Void> drained = tcp.source().drain();
        CompletableFuture<Void> aborted = tcp.source().abort("journal-failed", "the disk is gone");
        assertThat(client.rest()).startsWith("ERR 0 journal-failed ");
        client.close();
        TcpFixture.await(aborted);
        TcpFixture.await(drained);
    }

    @Test
    void shouldDrainAtOnceWhatNeverStarted() {
        assertThat(tcp.newSource(0).drain()).isCompleted();
        assertThat(tcp.newSource(0).abort("journal-failed", "no disk")).isCompleted();
        assertThatThrownBy(() -> tcp.newSource(0).abort("bad-luck", "no code"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
