package io.decant.ingest.admin;

import static io.decant.ingest.tls.InstalledPrograms.run;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.decant.config.AdminRight;
import io.decant.config.AdminUserSettings;
import io.decant.config.HostPort;
import io.decant.config.Secret;
import io.decant.ingest.tls.ServedCertificates;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Who may ask the admin port for what, over real HTTP. */
@Timeout(120)
class AdminUsersTest {

    private static final String READER = "readers-token";
    private static final String OPERATOR = "operators-token";

    @TempDir
    Path folder;

    private final AdminFixture fixture = new AdminFixture();
    private final HttpClient client = HttpClient.newHttpClient();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        logger().addAppender(logged);
        logger().setLevel(Level.TRACE);
    }

    /** Whatever was asked, no token shows. */
    @AfterEach
    void close() {
        fixture.close();
        logger().setLevel(null);
        logger().detachAppender(logged);
        assertThat(logged.list)
                .noneMatch(event -> event.getFormattedMessage().contains(READER)
                        || event.getFormattedMessage().contains(OPERATOR)
                        || event.getFormattedMessage().contains("nobodys")
                        || event.getFormattedMessage().contains(AdminFixture.TOKEN.reveal()));
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger("io.decant.ingest.admin");
    }

    private void startWithUsers() {
        fixture.user("dashboard", AdminUserSettings.of(READER, AdminRight.READ))
                .user("ops", AdminUserSettings.of(OPERATOR, AdminRight.OPERATE))
                .start();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + fixture.address() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path, String authorization) throws Exception {
        return send(request(path).header("Authorization", authorization));
    }

    private HttpRequest.Builder replay() {
        return request("/dlq/replay").header("Content-Type", "application/json").POST(BodyPublishers.ofString("{}"));
    }

    private int replayStatus(String authorization) throws Exception {
        return send(replay().header("Authorization", authorization)).statusCode();
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void shouldAnswerProbesToEverybodyAndNothingElse() throws Exception {
        startWithUsers();

        assertThat(send(request("/healthz")).statusCode()).isEqualTo(200);
        assertThat(send(request("/readyz")).statusCode()).isEqualTo(200);
        for (String path : new String[] {"/", "/metrics", "/status", "/nowhere", "/dlq/replay"}) {
            HttpResponse<String> answer = send(request(path));
            assertThat(answer.statusCode()).as(path).isEqualTo(401);
            assertThat(answer.headers().allValues("www-authenticate"))
                    .containsExactly("Bearer realm=\"decant\"", "Basic realm=\"decant\", charset=\"UTF-8\"");
            assertThat(answer.body()).contains("Authorization: Bearer");
        }
        assertThat(send(replay()).statusCode()).isEqualTo(401);
        assertThat(fixture.replays()).isEmpty();
    }

    @Test
    void shouldLetAReaderSeeAndOnlyAnOperatorChangeSomething() throws Exception {
        startWithUsers();

        assertThat(get("/metrics", "Bearer " + READER).statusCode()).isEqualTo(200);
        assertThat(get("/status", basic("dashboard:" + READER)).statusCode()).isEqualTo(200);
        assertThat(get("/nowhere", "Bearer " + READER).statusCode()).isEqualTo(404);
        HttpResponse<String> refused = send(replay().header("Authorization", "bearer " + READER));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body())
                .isEqualTo("user dashboard may only read; who changes something needs may: operate\n");
        assertThat(fixture.replays()).isEmpty();

        assertThat(replayStatus("Bearer " + OPERATOR)).isEqualTo(200);
        assertThat(replayStatus(basic("ops:" + OPERATOR))).isEqualTo(200);
        assertThat(replayStatus("Bearer " + AdminFixture.TOKEN.reveal())).isEqualTo(200);
        assertThat(fixture.replays()).hasSize(3);
        assertThat(logged.list).anyMatch(event -> event.getFormattedMessage().contains("user ops has dead letters"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer",
                "Bearer ",
                "Bearer nobodys",
                "Bearer operators-toke",
                "Bearer operators-tokens",
                "Bearer OPERATORS-TOKEN",
                "Bearer ops:operators-token",
                "operators-token",
                "Basic",
                "Basic !",
                "Basic b3Bz",
                "Digest operators-token"
            })
    void shouldKnowNobodyByAnotherToken(String authorization) throws Exception {
        startWithUsers();

        assertThat(get("/status", authorization).statusCode()).isEqualTo(401);
        assertThat(replayStatus(authorization)).isEqualTo(401);
        // Even where a browser shows it, which would not stop asking otherwise.
        assertThat(send(request("/").header("Accept", "text/html").header("Authorization", authorization))
                        .statusCode())
                .isEqualTo(401);
        assertThat(fixture.replays()).isEmpty();
    }

    @Test
    void shouldKnowNobodyByTheTokenOfAnother() throws Exception {
        startWithUsers();

        assertThat(get("/status", basic("ops:" + READER)).statusCode()).isEqualTo(401);
        assertThat(get("/status", basic(":" + OPERATOR)).statusCode()).isEqualTo(401);
        assertThat(get("/status", basic("ops:")).statusCode()).isEqualTo(401);
    }

    @Test
    void shouldRefuseAHeaderThatIsTooLargeAndOneThatComesTwice() throws Exception {
        startWithUsers();
        String head = "GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
        String known = "Authorization: Bearer " + OPERATOR + "\r\n";

        assertThat(fixture.ask(head + "Authorization: Bearer " + "a".repeat(1 << 20) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(fixture.ask(head + known + known + "\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(fixture.ask(head + known + "\r\n")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void shouldSendABrowserToTheFormAndEverybodyElseAway() throws Exception {
        startWithUsers();

        HttpResponse<String> browser = send(request("/status").header("Accept", "text/html,application/xhtml+xml"));
        assertThat(browser.statusCode()).isEqualTo(303);
        assertThat(browser.headers().firstValue("location")).contains("/login");
        assertThat(send(replay().header("Accept", "text/html")).statusCode()).isEqualTo(401);
        // A script of a page: a browser would show a window of its own for Basic.
        assertThat(send(request("/status").header("Sec-Fetch-Site", "same-origin"))
                        .headers()
                        .allValues("www-authenticate"))
                .containsExactly("Bearer realm=\"decant\"");
    }

    @Test
    void shouldTakeTheTokenThatIsInTheFileNow() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "one\n");
        fixture.user("ops", new AdminUserSettings(Secret.NONE, Optional.of(file), "", AdminRight.OPERATE))
                .start();
        assertThat(get("/status", "Bearer one").statusCode()).isEqualTo(200);

        ServedCertificates.put(Files.writeString(folder.resolve("new"), "two\n"), file);
        fixture.until("the new one is known", () -> {
            fixture.pass(Duration.ofMinutes(1));
            return get("/status", "Bearer two").statusCode() == 200;
        });
        assertThat(get("/status", "Bearer one").statusCode()).isEqualTo(401);
    }

    @Test
    void shouldKnowWhatCurlShows() throws Exception {
        startWithUsers();
        String url = "http://" + fixture.address() + "/healthz";
        String status = url.replace("healthz", "status");

        assertThat(run("curl", "-s", "-u", "dashboard:" + READER, "-o", "/dev/null", "-w", "%{http_code}", status))
                .isEqualTo("200");
        assertThat(run("curl", "-s", "--oauth2-bearer", READER, "-o", "/dev/null", "-w", "%{http_code}", status))
                .isEqualTo("200");
        assertThat(run("curl", "-s", "-u", "dashboard:nobodys", "-o", "/dev/null", "-w", "%{http_code}", status))
                .isEqualTo("401");
    }

    @Test
    void shouldBeAsBeforeOnLoopbackWithoutUsers() throws Exception {
        fixture.start();

        assertThat(send(request("/status")).statusCode()).isEqualTo(200);
        assertThat(send(replay()).statusCode()).isEqualTo(200);
        assertThat(replayStatus("Bearer nobodys")).isEqualTo(200);
        assertThat(send(request("/login")).statusCode()).isEqualTo(404);
        assertThat(new JsonObject(send(request("/status")).body())
                        .getJsonObject("admin")
                        .getMap())
                .containsOnlyKeys("address", "basePath");
    }

    @Test
    void shouldChangeNothingElsewhereWithoutUsersButForWhoShowsTheTokenOfTheDirectory() throws Exception {
        fixture.at("0.0.0.0").start();
        String address = "http://127.0.0.1:" + HostPort.parse(fixture.address()).port();
        HttpRequest.Builder replay = HttpRequest.newBuilder(URI.create(address + "/dlq/replay"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"));

        assertThat(send(HttpRequest.newBuilder(URI.create(address + "/status"))).statusCode())
                .isEqualTo(200);
        HttpResponse<String> refused = send(replay.copy());
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("set admin.users", "loopback", "data-dir/admin.token");
        for (String authorization : new String[] {"Bearer nobodys", "Bearer", "Bearer "}) {
            assertThat(send(replay.copy().header("Authorization", authorization))
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(fixture.replays()).isEmpty();
        assertThat(send(replay.copy().header("Authorization", "Bearer " + AdminFixture.TOKEN.reveal()))
                        .statusCode())
                .isEqualTo(200);
        assertThat(fixture.replays()).hasSize(1);
    }

    @Test
    void shouldLookAtNoMoreTokensOfAnAddressThatHasShownTooManyWrongOnes() throws Exception {
        startWithUsers();
        for (int i = 0; i < LoginFailures.FAILURES_MAX; i++) {
            assertThat(get("/status", "Bearer nobodys" + i).statusCode()).isEqualTo(401);
        }

        HttpResponse<String> blocked = get("/status", "Bearer " + OPERATOR);
        assertThat(blocked.statusCode()).isEqualTo(429);
        assertThat(blocked.headers().firstValueAsLong("retry-after").orElse(0)).isBetween(1L, 60L);
        // The operator is not locked out: whose token cannot be guessed is looked at.
        assertThat(replayStatus("Bearer " + AdminFixture.TOKEN.reveal())).isEqualTo(200);
        assertThat(send(request("/healthz")).statusCode()).isEqualTo(200);
        assertThat(send(request("/status")).statusCode()).isEqualTo(401);

        fixture.pass(Duration.ofMinutes(1));
        HttpResponse<String> status = get("/status", "Bearer " + OPERATOR);
        assertThat(status.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(status.body())
                        .getJsonObject("admin")
                        .getJsonObject("users")
                        .getInteger("failedLogins"))
                .isEqualTo(LoginFailures.FAILURES_MAX);
        assertThat(get("/metrics", "Bearer " + OPERATOR).body()).contains("decant_admin_failed_logins_total 10.0");
        assertThat(logged.list.stream().filter(event -> event.getLevel() == Level.WARN))
                .hasSize(2)
                .allMatch(event -> event.getFormattedMessage().contains("127.0.0.1"));
    }
}
