package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AdminSettings;
import io.decant.config.HostPort;
import io.decant.ingest.history.History;
import io.decant.offload.client.SparkWork;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser gets of the page, without a browser. */
class PageFilesTest {

    private static final String BROWSER =
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

    private final PageFiles page = new PageFiles("");
    private final Metrics metrics = new Metrics();
    private final HttpClient client = HttpClient.newHttpClient();
    private AdminServer admin;

    @BeforeEach
    void start() {
        admin = new AdminServer(
                new AdminSettings(new HostPort("127.0.0.1", 0), List.of()),
                AdminServer.CONNECTIONS_MAX,
                AdminFixture.unsecured(),
                metrics,
                PageFilesTest::status,
                query -> null,
                new History(InstantSource.system()));
        admin.start();
    }

    @AfterEach
    void stop() {
        admin.close();
        metrics.close();
    }

    private static ServerStatus status() {
        return new ServerStatus(
                "edge-1",
                "1.2.3",
                "running",
                List.of(),
                List.of(),
                "none",
                new ServerStatus.Journal("0badcafe", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                Map.of(),
                Map.of(),
                new ServerStatus.Offload("off", "stopped", "", 0, 0, 0, 0, 0, 0, "", 0, 0, SparkWork.NONE),
                new ServerStatus.DeadLetters(0, 0, 1 << 20, "", Map.of()),
                List.of());
    }

    @Test
    void shouldAnswerABrowserWithThePage() throws Exception {
        HttpResponse<String> answer = get("/", BROWSER);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(answer.headers().firstValue("vary")).contains("accept");
        assertThat(answer.body()).startsWith("<!DOCTYPE html>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "", "text/plain", "text/plain, text/html;q=0.5", "application/json"})
    void shouldAnswerOtherClientsWithThePathsAsText(String accept) throws Exception {
        HttpResponse<String> answer = get("/", accept);
        assertThat(answer.headers().firstValue("content-type")).contains("text/plain; charset=utf-8");
        assertThat(answer.headers().firstValue("vary")).contains("accept");
        assertThat(answer.body()).startsWith("decant\n").contains("/healthz", "/dlq/replay");
    }

    @Test
    void shouldSayOfEachFileWhatABrowserMayDoWithIt() throws Exception {
        Set<String> paths = new TreeSet<>(page.files().keySet());
        paths.add("/");
        for (String path : paths) {
            HttpResponse<String> answer = get(path, BROWSER);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().map())
                    .as(path)
                    .containsEntry(
                            "content-security-policy",
                            List.of("default-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'"))
                    .containsEntry("x-content-type-options", List.of("nosniff"))
                    .containsEntry("referrer-policy", List.of("no-referrer"))
                    .containsEntry("cache-control", List.of("no-store"));
        }
    }

    @Test
    void shouldAnswerAHeadAsAGetWithoutItsBody() throws Exception {
        for (String path : List.of("/", "/page/main.js", "/page/uplot.js")) {
            HttpResponse<String> head = send("HEAD", path, BROWSER);
            assertThat(head.statusCode()).as(path).isEqualTo(200);
            assertThat(head.body()).as(path).isEmpty();
            assertThat(head.headers().firstValueAsLong("content-length"))
                    .as(path)
                    .hasValue(get(path, BROWSER).body().getBytes(StandardCharsets.UTF_8).length);
        }
        assertThat(send("POST", "/page/main.js", BROWSER).statusCode()).isEqualTo(405);
    }

    @Test
    void shouldServeNothingElseBelowThePage() throws Exception {
        for (String path :
                List.of("/page", "/page/index.html", "/page/..", "/page/%2e%2e/PageFiles.class", "/page/x.js")) {
            assertThat(get(path, BROWSER).statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void shouldGiveEachFileItsType() {
        Map<String, String> types = page.files().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, file -> file.getValue().type()));
        assertThat(types)
                .containsEntry("/page/main.js", "text/javascript; charset=utf-8")
                .containsEntry("/page/uplot.js", "text/javascript; charset=utf-8")
                .containsEntry("/page/style.css", "text/css; charset=utf-8")
                .containsEntry("/page/uplot.css", "text/css; charset=utf-8")
                .containsEntry("/page/icon.svg", "image/svg+xml")
                .doesNotContainValue(null);
    }

    @Test
    void shouldLoadNoMoreThanItsBound() {
        long bytes = page.index().body().length
                + page.files().values().stream()
                        .mapToLong(file -> file.body().length)
                        .sum();
        assertThat(bytes).isLessThanOrEqualTo(PageFiles.BYTES_MAX);
    }

    /** A script in the page, or a style at an element, would not run: the browser is told not to. */
    @Test
    void shouldHaveNothingInline() {
        String html = text(page.index());
        assertThat(html)
                .doesNotContainPattern("<script(?![^>]* src=)")
                .doesNotContainPattern("<style")
                .doesNotContainPattern("\\sstyle\\s*=")
                .doesNotContainPattern("\\son[a-z]+\\s*=")
                .doesNotContain("javascript:");
        own().forEach((path, text) -> assertThat(text)
                .as(path)
                .doesNotContain("innerHTML")
                .doesNotContain("outerHTML")
                .doesNotContain("insertAdjacentHTML")
                .doesNotContain("eval(")
                .doesNotContain("new Function")
                .doesNotContain("\"style\""));
    }

    /** Below a proxy's path, a URL with a leading slash would leave it; one with a host would leave the machine. */
    @Test
    void shouldReferOnlyRelatively() {
        Map<String, String> all = own();
        all.put("/", text(page.index()));
        all.forEach((path, text) -> assertThat(text)
                .as(path)
                .doesNotContainPattern("(src|href|action)=\"/")
                .doesNotContainPattern("(from|import|url|fetch|load|send|EventSource)\\s*\\(?\\s*[\"'`]/")
                .doesNotContainPattern("https?://(?!www\\.w3\\.org/2000/svg)"));
    }

    @Test
    void shouldReferOnlyToWhatIsThereAndHaveNothingThatIsNot() throws Exception {
        Set<String> referred = new HashSet<>();
        all("(?:src|href)=\"(page/[^\"]+)\"", text(page.index())).forEach(name -> referred.add("/" + name));
        own().values()
                .forEach(text -> all("from \"\\./([^\"]+)\"", text).forEach(name -> referred.add("/page/" + name)));
        assertThat(referred).isEqualTo(page.files().keySet());
        Path folder =
                Path.of(PageFiles.class.getResource("page/index.html").toURI()).getParent();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> "/page/" + file.getFileName()))
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(own().keySet().stream(), Stream.of("/page/index.html"))
                                    .toList());
        }
    }

    @Test
    void shouldHaveEachElementThatItsScriptsLookFor() {
        Set<String> ids = new HashSet<>(all("id=\"([^\"]+)\"", text(page.index())));
        assertThat(all("id=\"([^\"]+)\"", text(page.index()))).doesNotHaveDuplicates();
        own().forEach((path, text) -> assertThat(ids).as(path).containsAll(all("byId\\(\"([^\"]+)\"\\)", text)));
        Set<String> named = new HashSet<>(all("aria-labelledby=\"([^\"]+)\"", text(page.index())));
        assertThat(ids).containsAll(named);
    }

    @Test
    void shouldSayWhereItIsBelowAProxy() {
        assertThat(text(page.index())).contains("<base href=\"./\">");
        assertThat(text(new PageFiles("/decant").index())).contains("<base href=\"/decant/\">");
        assertThat(text(new PageFiles("/a\"><b").index())).contains("<base href=\"/a&quot;>&lt;b/\">");
    }

    /** Those that are written here, by path. */
    private Map<String, String> own() {
        return page.files().entrySet().stream()
                .filter(file -> !file.getKey().startsWith("/page/uplot."))
                .collect(Collectors.toMap(Map.Entry::getKey, file -> text(file.getValue())));
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private static String text(Answer file) {
        return new String(file.body(), StandardCharsets.UTF_8);
    }

    private HttpResponse<String> get(String path, String accept) throws Exception {
        return send("GET", path, accept);
    }

    private HttpResponse<String> send(String method, String path, String accept) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + admin.address() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (!accept.isEmpty()) {
            request.header("Accept", accept);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
