package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AdminRight;
import io.decant.config.AdminUserSettings;
import io.decant.config.HostPort;
import io.decant.config.Secret;
import io.decant.ingest.tls.ServedCertificates;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The login form of the admin port, as a browser uses it. */
@Timeout(120)
class LoginTest {

    private static final String TOKEN = "operators+token";
    private static final String FORM = "name=ops&token=operators%2Btoken";

    @TempDir
    Path folder;

    private final AdminFixture fixture = new AdminFixture();
    private final HttpClient client = HttpClient.newHttpClient();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void start() {
        fixture.user("ops", AdminUserSettings.of(TOKEN, AdminRight.OPERATE))
                .user("dashboard", AdminUserSettings.of("readers", AdminRight.READ))
                .start();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + fixture.address() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder form(String path, String fields) {
        return request(path)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", "http://" + fixture.address())
                .POST(BodyPublishers.ofString(fields));
    }

    private String cookie() throws Exception {
        return AdminFixture.cookie(send(form("/login", FORM)));
    }

    private int status(String cookie) throws Exception {
        return send(request("/status").header("Cookie", "a=b; " + cookie)).statusCode();
    }

    private int replayStatus(String cookie) throws Exception {
        return send(request("/dlq/replay")
                        .header("Cookie", cookie)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{}")))
                .statusCode();
    }

    @Test
    void shouldShowAFormThatLoadsNothingFromElsewhere() throws Exception {
        start();

        HttpResponse<String> form = send(request("/login"));

        assertThat(form.statusCode()).isEqualTo(200);
        assertThat(form.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(form.headers().firstValue("content-security-policy").orElse(""))
                .startsWith("default-src 'self'; ");
        assertThat(form.headers().firstValue("x-content-type-options")).contains("nosniff");
        assertThat(form.body())
                .contains("<form method=\"post\" action=\"/login\">", "name=\"token\"", "type=\"password\"")
                .doesNotContain("<script", "<style", "style=", "onclick", "://");
    }

    @Test
    void shouldStayBelowThePathOfAProxy() throws Exception {
        fixture.below("/tools/decant");
        start();

        HttpResponse<String> asked = send(request("/tools/decant/status").header("Accept", "text/html"));

        assertThat(asked.statusCode()).isEqualTo(303);
        assertThat(asked.headers().firstValue("location")).contains("/tools/decant/login");
        assertThat(send(request("/tools/decant/login")).body()).contains("action=\"/tools/decant/login\"");
        HttpResponse<String> answer = send(form("/tools/decant/login", FORM));
        assertThat(answer.headers().firstValue("location")).contains("/tools/decant/");
        HttpRequest.Builder status = request("/tools/decant/status");
        assertThat(send(status.header("Cookie", AdminFixture.cookie(answer))).statusCode())
                .isEqualTo(200);
    }

    @Test
    void shouldGiveACookieThatOnlyThisServerSees() throws Exception {
        start();

        HttpResponse<String> answer = send(form("/login", FORM));

        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("location")).contains("/");
        String port = Integer.toString(HostPort.parse(fixture.address()).port());
        assertThat(answer.headers().allValues("set-cookie"))
                .singleElement()
                .asString()
                .matches("decant-" + port + "=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Strict");
        String cookie = AdminFixture.cookie(answer);
        assertThat(status(cookie)).isEqualTo(200);
        assertThat(replayStatus(cookie)).isEqualTo(200);
        assertThat(send(request("/login").header("Cookie", cookie)).statusCode())
                .isEqualTo(303);
        assertThat(cookie()).isNotEqualTo(cookie);
    }

    @ParameterizedTest
    @CsvSource({"token=operators%2Btoken, 200", "token=readers&name=, 403", "name=dashboard&token=readers, 403"})
    void shouldLogInByTheTokenAloneAndWithTheRightsOfItsUser(String fields, int replay) throws Exception {
        start();

        String cookie = AdminFixture.cookie(send(form("/login", fields)));

        assertThat(status(cookie)).isEqualTo(200);
        assertThat(replayStatus(cookie)).isEqualTo(replay);
    }

    @Test
    void shouldLogInByTheTokenOfTheDirectory() throws Exception {
        start();

        assertThat(send(form("/login", "token=" + AdminFixture.TOKEN.reveal())).statusCode())
                .isEqualTo(303);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "token=",
                "name=ops",
                "name=ops&token=",
                "name=ops&token=wrong",
                "name=dashboard&token=operators%2Btoken",
                "name=nobody&token=operators%2Btoken",
                "token=operators+token",
                "token=wrong&token=operators%2Btoken"
            })
    void shouldGiveNoCookieForAnythingElse(String fields) throws Exception {
        start();

        HttpResponse<String> answer = send(form("/login", fields));

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("set-cookie")).isEmpty();
        assertThat(answer.headers().allValues("www-authenticate")).containsExactly("Bearer realm=\"decant\"");
        assertThat(answer.body()).contains("<form", "no user has that token").doesNotContain("operators");
    }

    @ParameterizedTest
    @ValueSource(strings = {"decant-%d=", "decant-%d=x", "decant-1=%s", "decant-%d", "%s", "=", ""})
    void shouldKnowNobodyByAnotherCookie(String form) throws Exception {
        start();
        int port = HostPort.parse(fixture.address()).port();
        String cookie = cookie();
        String id = cookie.substring(cookie.indexOf('=') + 1);

        assertThat(status(form.replace("%d", Integer.toString(port)).replace("%s", id)))
                .isEqualTo(401);
    }

    @Test
    void shouldRefuseALoginThatAnotherSiteSends() throws Exception {
        start();
        HttpRequest.Builder form = request("/login")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(FORM));

        for (String origin : new String[] {"http://evil.example", "null", "http://localhost:1"}) {
            assertThat(send(form.copy().header("Origin", origin)).statusCode())
                    .as(origin)
                    .isEqualTo(403);
        }
        for (String site : new String[] {"cross-site", "same-site"}) {
            assertThat(send(form.copy().header("Sec-Fetch-Site", site)).statusCode())
                    .as(site)
                    .isEqualTo(403);
        }
        assertThat(send(form.copy().header("Sec-Fetch-Site", "same-origin")).statusCode())
                .isEqualTo(303);
    }

    @Test
    void shouldTakeOnlyAForm() throws Exception {
        start();

        assertThat(send(request("/login")
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"token\": \"" + TOKEN + "\"}")))
                        .statusCode())
                .isEqualTo(415);
        assertThat(send(form("/login", "token=%zz")).statusCode()).isEqualTo(400);
        assertThat(send(form("/login", "token=" + "a".repeat(5_000))).statusCode())
                .isEqualTo(413);
        HttpResponse<String> put = send(request("/login").PUT(BodyPublishers.noBody()));
        assertThat(put.statusCode()).isEqualTo(405);
        assertThat(put.headers().firstValue("allow")).contains("GET, HEAD, POST");
    }

    @Test
    void shouldEndASessionByLogoutAndTakeItsCookie() throws Exception {
        start();
        String cookie = cookie();
        String other = cookie();

        HttpResponse<String> answer = send(form("/logout", "").header("Cookie", cookie));

        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.headers().firstValue("location")).contains("/login");
        assertThat(answer.headers().firstValue("set-cookie").orElse("")).contains("=; Path=/", "Max-Age=0");
        assertThat(status(cookie)).isEqualTo(401);
        assertThat(status(other)).isEqualTo(200);
    }

    @Test
    void shouldEndASessionThatIsNotUsedAndOneThatIsOld() throws Exception {
        start();
        String cookie = cookie();
        for (int hours = 0; hours < 12; hours++) {
            fixture.pass(Duration.ofMinutes(59));
            assertThat(status(cookie)).isEqualTo(200);
        }
        fixture.pass(Duration.ofMinutes(13));
        assertThat(status(cookie)).isEqualTo(401);

        String idle = cookie();
        fixture.pass(Duration.ofMinutes(61));
        assertThat(status(idle)).isEqualTo(401);
    }

    @Test
    void shouldEndASessionWhoseTokenIsNoLongerTheUsers() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), TOKEN);
        fixture.user("ops", new AdminUserSettings(Secret.NONE, Optional.of(file), "", AdminRight.OPERATE))
                .start();
        String cookie = cookie();
        assertThat(status(cookie)).isEqualTo(200);

        ServedCertificates.put(Files.writeString(folder.resolve("new"), "another"), file);
        fixture.until("it has ended", () -> status(cookie) == 401);
    }

    @Test
    void shouldBoundWrongTokensAndNotLockOutWhoIsIn() throws Exception {
        start();
        String cookie = cookie();
        for (int i = 0; i < LoginFailures.FAILURES_MAX; i++) {
            assertThat(send(form("/login", "token=guess" + i)).statusCode()).isEqualTo(401);
        }

        HttpResponse<String> blocked = send(form("/login", FORM));
        assertThat(blocked.statusCode()).isEqualTo(429);
        assertThat(blocked.headers().firstValue("retry-after")).isPresent();
        assertThat(blocked.body()).contains("too many failed logins");
        assertThat(status(cookie)).isEqualTo(200);
        assertThat(send(form("/login", "token=" + AdminFixture.TOKEN.reveal())).statusCode())
                .isEqualTo(303);
        fixture.pass(Duration.ofMinutes(1));
        assertThat(send(form("/login", FORM)).statusCode()).isEqualTo(303);
    }

    /** A proxy before us speaks TLS; the browser tells. */
    @Test
    void shouldBindTheCookieToTlsWhereThePageCameByIt() throws Exception {
        start();

        HttpResponse<String> answer = send(request("/login")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", "https://" + fixture.address())
                .POST(BodyPublishers.ofString(FORM)));

        assertThat(answer.headers().firstValue("set-cookie").orElse("")).endsWith("; Secure");
    }
}
