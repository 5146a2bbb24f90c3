package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.HostPort;
import io.decant.config.SettingsLoader;
import io.decant.ingest.cli.ExitStatus;
import io.decant.ingest.cli.Main;
import io.decant.ingest.tls.ServedCertificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code decant dlq replay} beside a server whose admin port has TLS and users. */
@Timeout(120)
class AdminCommandTest {

    private static final String USERS = "users: {dashboard: {token: readers-token}}";

    @TempDir
    static Path certificates;

    private static ServedCertificates made;

    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Receiver api;

    @BeforeAll
    static void make() throws Exception {
        made = ServedCertificates.make(certificates);
    }

    @BeforeEach
    void open() throws IOException {
        api = new Receiver();
        api.answer(422);
    }

    @AfterEach
    void close() {
        api.close();
        assertThat(out + " " + err).doesNotContain("readers-token");
    }

    private String tls(Path certificate, Path key, String auth) {
        return "tls: {certificate: \"%s\", key: \"%s\"%s}"
                .formatted(
                        certificate,
                        key,
                        auth.equals("none")
                                ? ""
                                : ", client-auth: " + auth + ", client-ca: \""
                                        + made.authority().certificate() + "\"");
    }

    private String tls(String auth) {
        return tls(made.server().certificate(), made.server().key(), auth);
    }

    private Server start(String... admin) {
        return startAt("127.0.0.1:0", admin);
    }

    private Server startAt(String address, String... admin) {
        return Server.start(
                SettingsLoader.parse(yaml(address, admin), "test.yaml", temp, List.of(), Map.of()), Set.of());
    }

    /** Has the server refuse these records, and then takes all that comes. */
    private void refuse(Server server) throws Exception {
        LineClient.sendAll(server.status().sources().get("logs").address(), "a,1\n");
        await(server, now -> now.deadLetters().letters() == 1 && now.journal().backlogBytes() == 0);
        api.answer(200);
    }

    private int replay(String... admin) throws IOException {
        Path file = Files.writeString(temp.resolve("decant.yaml"), yaml("127.0.0.1:0", admin));
        return Main.execute(
                new String[] {"dlq", "replay", "-c", file.toString()},
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Map.of());
    }

    private String yaml(String address, String... admin) {
        return """
                name: edge-1
                data-dir: data
                shutdown-timeout: 2s
                sources: {logs: {type: tcp, address: "127.0.0.1:0", max-record: 64KiB}}
                journal: {segment-size: 8MiB, min-free: 1MiB, max-backlog: 16MiB}
                batch: {interval: 100ms}
                sinks:
                  api: {type: http, url: "%s", retry-max-delay: 50ms}
                admin:
                  address: "%s"
                  %s
                """.formatted(api.url(), address, String.join("\n  ", admin));
    }

    private void assertSentAgain(Server server) {
        await(server, now -> now.deadLetters().letters() == 0 && now.journal().backlogBytes() == 0);
        assertThat(server.status().sinks().get("api").records()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "want", "need"})
    void shouldSendAgainWithUsersAndTls(String auth) throws Exception {
        try (Server server = start(tls(auth), USERS)) {
            refuse(server);
            assertThat(replay(tls(auth), USERS)).as(err.toString()).isEqualTo(ExitStatus.DONE);
            assertSentAgain(server);
            assertThat(out.toString()).contains("1 record is sent again");
            assertThat(out + " " + err).doesNotContain(token());
        }
    }

    /** As after a renewal that the server could not use, or beside another server's address. */
    @Test
    void shouldTrustNoOtherCertificateThanThatOfTheSettings() throws Exception {
        try (Server server = start(tls("none"), USERS)) {
            refuse(server);
            String other = tls(made.renewed().certificate(), made.renewed().key(), "none");
            assertThat(replay(other, USERS)).isEqualTo(ExitStatus.FAILED);
            assertThat(err.toString())
                    .contains("the server shows another certificate than "
                            + made.renewed().certificate());
            assertThat(server.status().deadLetters().letters()).isEqualTo(1);
        }
    }

    @Test
    void shouldSayThatTheSettingsAreNotThoseOfTheServer() throws Exception {
        try (Server server = start(tls("none"), USERS)) {
            refuse(server);
            assertThat(replay(USERS)).isEqualTo(ExitStatus.FAILED);
            assertThat(err.toString()).contains("no answer from the admin port", "admin.tls");
        }
        try (Server plain = start(USERS)) {
            await(plain, now -> now.deadLetters().letters() == 1);
            assertThat(replay(tls("none"), USERS)).isEqualTo(ExitStatus.FAILED);
            assertThat(err.toString()).contains("no connection by TLS to the admin port");
        }
    }

    @Test
    void shouldNotBeKnownByATokenOfAnEarlierStartNorWithoutOne() throws Exception {
        try (Server server = start(USERS)) {
            refuse(server);
            Files.writeString(temp.resolve("data/admin.token"), "x".repeat(43) + "\n");
            assertThat(replay(USERS)).isEqualTo(ExitStatus.FAILED);
            assertThat(err.toString()).contains("the server refuses: ").doesNotContain("cannot be read", "xxx");

            Files.delete(temp.resolve("data/admin.token"));
            assertThat(replay(USERS)).isEqualTo(ExitStatus.FAILED);
            assertThat(err.toString()).contains("admin.token cannot be read: run this as the server's user");
            assertThat(server.status().deadLetters().letters()).isEqualTo(1);
        }
    }

    @Test
    void shouldHaveAnotherTokenAtEachStartAndNoneAfterwards() throws Exception {
        String first;
        try (Server server = start(USERS)) {
            first = token();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(temp.resolve("data/admin.token"))))
                    .isEqualTo("rw-------");
            assertThat(status(server, first)).isEqualTo(200);
        }
        assertThat(temp.resolve("data/admin.token")).doesNotExist();
        try (Server server = start(USERS)) {
            assertThat(token()).isNotEqualTo(first);
            assertThat(status(server, token())).isEqualTo(200);
            assertThat(status(server, first)).isEqualTo(401);
        }
    }

    private String token() throws IOException {
        return Files.readString(temp.resolve("data/admin.token")).strip();
    }

    private static int status(Server server, String token) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + server.adminAddress() + "/status"))
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void shouldSendAgainWhereNobodyElseMayOnAnAddressThatOthersReach() throws Exception {
        try (Server server = startAt("0.0.0.0:0")) {
            refuse(server);
            URI url = URI.create(
                    "http://127.0.0.1:" + HostPort.parse(server.adminAddress()).port() + "/dlq/replay");
            HttpRequest request = HttpRequest.newBuilder(url)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{}"))
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(request, BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(403);
            assertThat(server.status().deadLetters().letters()).isEqualTo(1);

            assertThat(replay()).as(err.toString()).isEqualTo(ExitStatus.DONE);
            assertSentAgain(server);
        }
    }
}
