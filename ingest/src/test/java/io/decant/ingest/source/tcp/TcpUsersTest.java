package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.AckMode;
import io.decant.config.DataSize;
import io.decant.config.Secret;
import io.decant.config.SourceUserSettings;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.SourceException;
import io.decant.ingest.source.SourceStatus;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A source with users: who is let in, what belongs to whom, and what each may take. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpUsersTest {

    private static final String UNAUTHORIZED = "ERR 0 unauthorized " + CloseReason.UNAUTHORIZED.text() + "\n";

    @Parameter
    TcpFixture.Kind kind;

    private final Map<String, SourceUserSettings> users = new LinkedHashMap<>();
    private TcpFixture tcp;

    @BeforeEach
    void listen() {
        users.put("edge-7", SourceUserSettings.of("open-sesame"));
        users.put("edge-8", SourceUserSettings.of("another"));
        tcp = new TcpFixture(kind).users(users);
    }

    @AfterEach
    void close() {
        tcp.close();
    }

    private void limit(Integer connections, DataSize rate) {
        users.put(
                "edge-7",
                SourceUserSettings.of("open-sesame")
                        .withLimits(Optional.ofNullable(connections), Optional.ofNullable(rate)));
    }

    private SourceStatus.Users status() {
        return tcp.source().status().users();
    }

    private TestClient edge7() {
        return tcp.client().send("AUTH open-sesame\n");
    }

    @Test
    void shouldTakeRecordsBehindTheTokenOfAUser() {
        tcp.start();
        TestClient client = tcp.client().send("AUTH open-sesame\none\ntwo\n");
        client.linesUpTo("OK 2");
        assertThat(client.endInput().rest()).isEmpty();

        assertThat(tcp.intake.text()).isEqualTo("one\ntwo\n");
        assertThat(status().users().get("edge-7").records()).isEqualTo(2);
        assertThat(status().users().get("edge-7").bytes()).isEqualTo(8);
        assertThat(status().users().get("edge-8").records()).isZero();
        assertThat(tcp.source().status().records()).isEqualTo(2);
        assertThat(status().unauthorized()).isZero();
    }

    @Test
    void shouldSayNothingToATokenThatIsRight() {
        tcp.ack(AckMode.END).start();

        assertThat(edge7().endInput().rest()).isEqualTo("OK 0\n");
    }

    @Test
    void shouldTakeTheTokenInPieces() {
        tcp.start();
        TestClient client = tcp.client();
        for (String piece : "AUTH open-sesame\none\n".split("", -1)) {
            client.send(piece);
        }
        assertThat(client.line()).isEqualTo("OK 1");
    }

    @Test
    void shouldTakeAnyFirstRecordBehindAToken() {
        tcp.start();
        assertThat(edge7().send("POST / HTTP/1.1\r\n").line()).isEqualTo("OK 1");
        assertThat(tcp.intake.text()).isEqualTo("POST / HTTP/1.1\r\n");
    }

    @Test
    void shouldTakeASecondTokenForARecord() {
        tcp.start();
        assertThat(edge7().send("AUTH second\n").line()).isEqualTo("OK 1");
        assertThat(tcp.intake.text()).isEqualTo("AUTH second\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AUTH wrong\none\n",
                "AUTH open-sesam\none\n",
                "AUTH \none\n",
                "AUTH\none\n",
                "AUTH open-sesame\r\none\n",
                "AUTH edge-7\none\n",
                "one\ntwo\n",
                "\n",
                "SESSION s\n",
                "POST / HTTP/1.1\r\nHost: decant\r\n\r\n",
                "AUTH open-sesame"
            })
    void shouldTakeNothingOfAnybodyElse(String sent) {
        tcp.start();

        assertThat(tcp.client().send(sent).endInput().rest()).isEqualTo(UNAUTHORIZED);

        assertThat(tcp.intake.records()).isZero();
        assertThat(tcp.source().status().refusals()).isEqualTo(1);
        assertThat(status().unauthorized()).isEqualTo(1);
        assertThat(status().users().get("edge-7").refusals()).isZero();
    }

    @Test
    void shouldRefuseATokenOfAMebibyteWithoutHoldingIt() {
        tcp.start();

        String answer = tcp.client()
                .send("AUTH " + "x".repeat(1 << 20) + "\none\n")
                .endInput()
                .rest();

        assertThat(answer).isEqualTo(UNAUTHORIZED);
        assertThat(tcp.source().status().unfinishedBytes()).isZero();
        assertThat(tcp.intake.records()).isZero();
    }

    @Test
    void shouldLeaveAProbeOfThePortAlone() {
        tcp.start();

        assertThat(tcp.client().endInput().rest()).isEmpty();

        assertThat(tcp.source().status().refusals()).isZero();
        assertThat(status().unauthorized()).isZero();
    }

    @Test
    void shouldNotTakeAnAuthLineForMoreThanARecordWhereEverybodyMaySend() {
        tcp.users(Map.of()).start();

        assertThat(tcp.client().send("AUTH open-sesame\n").line()).isEqualTo("OK 1");

        assertThat(tcp.intake.text()).isEqualTo("AUTH open-sesame\n");
        assertThat(tcp.source().status().users()).isNull();
    }

    @Test
    void shouldTakeTheProxysHeaderFirst() {
        tcp.proxyProtocol().start();
        String header = "PROXY TCP4 192.0.2.7 127.0.0.1 4711 9999\r\n";

        assertThat(tcp.client().send(header + "AUTH open-sesame\none\n").line()).isEqualTo("OK 1");
        assertThat(tcp.client().send(header + "one\n").endInput().rest()).isEqualTo(UNAUTHORIZED);
    }

    @Test
    void shouldGiveEachUserSessionsOfItsOwn() {
        tcp.sessions().start();
        tcp.client().send("AUTH open-sesame\nSESSION s\none\ntwo\n").linesUpTo("OK 2");
        TestClient other = tcp.client().send("AUTH another\nSESSION s\n");
        assertThat(other.line()).isEqualTo("OK 0");
        other.send("three\n").linesUpTo("OK 1");
        // The first has not been taken over, and can be by its own user alone.
        TestClient again = edge7().send("SESSION s\n");
        assertThat(again.line()).isEqualTo("OK 2");

        assertThat(tcp.intake.texts()).isEqualTo(Map.of("edge-7/s", "one\ntwo\n", "edge-8/s", "three\n"));
    }

    @Test
    void shouldResumeASessionOfAUserAfterARestartAndNoOther() {
        tcp.kept.put("edge-7/s", new ResumableStream(41, 0));
        tcp.kept.put("s", new ResumableStream(1_000, 0));
        tcp.sessions().start();

        assertThat(edge7().send("SESSION s\n").line()).isEqualTo("OK 41");
        assertThat(tcp.client().send("AUTH another\nSESSION s\n").line()).isEqualTo("OK 0");
        assertThat(edge7().send("SESSION edge-7/s\n").rest()).startsWith("ERR 0 bad-session ");
    }

    @Test
    void shouldHaveRoomForTheLongestNames() {
        String name = "u".repeat(64);
        String session = "s".repeat(128);
        users.put(name, SourceUserSettings.of("longest"));
        tcp.sessions().start();

        tcp.client().send("AUTH longest\nSESSION " + session + "\none\n").linesUpTo("OK 1");

        assertThat(tcp.intake.texts()).containsOnlyKeys(name + "/" + session);
    }

    @Test
    void shouldBoundTheSessionsOfAUserWhereverItComesFrom() {
        tcp.sessions().sessionsPerAddress(2).start();
        for (int i = 0; i < 2; i++) {
            tcp.clientFrom("127.0.0." + (2 + i))
                    .send("AUTH open-sesame\nSESSION s" + i + "\none\n")
                    .linesUpTo("OK 1");
        }
        assertThat(edge7().send("SESSION s2\n").rest()).startsWith("ERR 0 busy 2 sessions of this user are kept");
        assertThat(tcp.client().send("AUTH another\nSESSION s2\n").line()).isEqualTo("OK 0");
    }

    @Test
    void shouldStillRequireASessionLine() {
        tcp.sessions().start();

        assertThat(edge7().send("one\n").rest()).startsWith("ERR 0 bad-session ");
        assertThat(status().users().get("edge-7").refusals()).isEqualTo(1);
        assertThat(status().unauthorized()).isZero();
    }

    @Test
    void shouldBoundTheConnectionsOfAUser() {
        limit(1, null);
        tcp.start();
        TestClient first = edge7().send("one\n");
        assertThat(first.line()).isEqualTo("OK 1");
        assertThat(status().users().get("edge-7").connections()).isEqualTo(1);

        assertThat(edge7().send("two\n").rest())
                .isEqualTo("ERR 0 too-many-connections this user has 1 already, which is its max-connections\n");
        assertThat(tcp.client().send("AUTH another\nthree\n").line()).isEqualTo("OK 1");

        assertThat(first.endInput().rest()).isEmpty();
        Await.until("its place is free", () -> status().users().get("edge-7").connections() == 0);
        assertThat(edge7().send("four\n").line()).isEqualTo("OK 1");
    }

    @Test
    void shouldReadNoMoreOfAUserThatIsAtItsRateAndGoOnWithOthers() {
        limit(null, new DataSize(1 << 10));
        tcp.start();
        long start = System.nanoTime();
        // As much comes with the token as the rate allows in two and a half seconds, of which it had one.
        TestClient first = tcp.client().send("AUTH open-sesame\none\n" + "x".repeat(2_500));
        assertThat(first.line()).isEqualTo("OK 1");
        TestClient second = null;
        for (int i = 0; i < 8; i++) {
            second = tcp.client().send("AUTH open-sesame\nlater\n").endInput();
            assertThat(tcp.client().send("AUTH another\none\n").line()).isEqualTo("OK 1");
        }
        assertThat(status().users().get("edge-8").records()).isEqualTo(8);
        // They are taken once the rate allows it, though their inputs have ended.
        assertThat(second.rest()).isEqualTo("OK 1\n");
        assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void shouldHoldASessionBackToo() {
        limit(null, new DataSize(1 << 10));
        tcp.sessions().start();
        TestClient first = tcp.client().send("AUTH open-sesame\nSESSION a\none\n" + "x".repeat(2_000));
        first.linesUpTo("OK 1");

        // What came with the line of the session waits, and the end of the input behind it.
        TestClient second =
                tcp.client().send("AUTH open-sesame\nSESSION b\ntwo\nthree\n").endInput();

        assertThat(second.rest()).isEqualTo("OK 0\nOK 2\n");
        assertThat(tcp.intake.texts()).containsEntry("edge-7/b", "two\nthree\n");
    }

    @Test
    void shouldEndAConnectionThatIsHeldBack() {
        limit(null, new DataSize(1 << 10));
        tcp.start();
        TestClient client = tcp.client().send("AUTH open-sesame\none\n");
        assertThat(client.line()).isEqualTo("OK 1");
        // The first part is read, and the rest for minutes not.
        client.send("two\n" + "x".repeat(500_000));
        client.linesUpTo("OK 2");

        var drained = tcp.source().drain();

        assertThat(client.rest()).startsWith("ERR 2 shutting-down ");
        client.close();
        TcpFixture.await(drained);
    }

    @Test
    void shouldReadOnOnceTheRateAllowsIt() {
        limit(null, DataSize.ofMebibytes(8));
        tcp.start();
        TestClient client = edge7();
        String record = "x".repeat((1 << 20) - 1) + "\n";
        for (int i = 0; i < 10; i++) {
            client.send(record);
        }
        client.linesUpTo("OK 10");
    }

    @Test
    void shouldNotBeginWithoutTheFileOfAToken() {
        users.put(
                "edge-7",
                new SourceUserSettings(
                        Secret.NONE, Optional.of(Path.of("/nowhere/token")), "", Optional.empty(), Optional.empty()));

        assertThatThrownBy(() -> tcp.start())
                .isInstanceOf(SourceException.class)
                .hasMessage("source logs cannot begin: user edge-7: token-file /nowhere/token does not exist;"
                        + " mend sources.logs.users");
    }
}
