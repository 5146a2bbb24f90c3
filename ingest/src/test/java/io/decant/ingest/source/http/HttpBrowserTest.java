package io.decant.ingest.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real browser's {@code fetch}: a page of an origin that is named sends records, with a key, and reads the answers; a
 * page of another origin does not. Skipped where there is no Chromium.
 */
class HttpBrowserTest {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    /** Sends the same twice, and tells its own server what came of it. The other page is in a frame of the first. */
    private static final String PAGE = """
            <!DOCTYPE html>
            <script>
            const say = (what, text) => fetch("/said/" + what, {method: "POST", body: text});
            const send = () => fetch("http://127.0.0.1:%1$d/", {
                method: "POST", body: "from %2$s\\nnext\\n",
                headers: {"Idempotency-Key": "%2$s-1", "Content-Type": "application/x-ndjson"}});
            (async () => {
                try {
                    for (let i = 0; i < 2; i++) {
                        const answer = await send();
                        await say("%2$s-" + i, answer.status + " " + await answer.text());
                    }
                } catch (failure) {
                    await say("%2$s-failed", failure.name);
                }
                // Needs no leave to be sent, and gets no answer that could be read.
                await fetch("http://127.0.0.1:%1$d/", {method: "POST", mode: "no-cors", body: "simple %2$s\\n"});
                await say("%2$s-done", "");
            })();
            </script>
            %3$s
            """;

    @TempDir
    Path folder;

    private final HttpFixture fixture = new HttpFixture();
    private final Map<String, String> said = new ConcurrentHashMap<>();
    private final CountDownLatch loaded = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(2);
    private HttpServer pages;
    private Process browser;

    @AfterEach
    void close() throws Exception {
        if (browser != null) {
            // All have ended before the folder of its profile is removed.
            List<ProcessHandle> processes = Stream.concat(browser.descendants(), Stream.of(browser.toHandle()))
                    .toList();
            processes.forEach(ProcessHandle::destroyForcibly);
            for (ProcessHandle process : processes) {
                process.onExit().get(60, TimeUnit.SECONDS);
            }
        }
        if (pages != null) {
            pages.stop(0);
        }
        fixture.close();
    }

    @Test
    @Timeout(180)
    void shouldTakeFromThePagesOfAnOriginThatIsNamed() throws Exception {
        assumeTrue(Files.isExecutable(CHROMIUM), "Chromium is not installed");
        pages = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        int port = pages.getAddress().getPort();
        fixture.corsOrigins("http://127.0.0.1:" + port).start();
        pages.createContext("/", this::serve);
        pages.start();

        ProcessBuilder command = new ProcessBuilder(
                        CHROMIUM.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--user-data-dir=" + folder.resolve("profile"),
                        "--remote-debugging-port=0",
                        "http://127.0.0.1:" + port + "/named")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("browser.log").toFile());
        command.environment().put("TMPDIR", folder.toString());
        browser = command.start();
        // A container may have it and not let it run.
        while (!loaded.await(100, TimeUnit.MILLISECONDS)) {
            assumeTrue(browser.isAlive(), "Chromium does not run on this machine");
        }

        assertThat(done.await(60, TimeUnit.SECONDS))
                .as("both pages are done; %s", said)
                .isTrue();
        assertThat(said)
                .containsEntry("named-0", "200 {\"records\":2}")
                .containsEntry("named-1", "200 {\"records\":2}")
                .containsEntry("other-failed", "TypeError")
                .doesNotContainKey("named-failed")
                .doesNotContainKey("other-0");
        assertThat(fixture.journal.text()).isEqualTo("from named\nnext\nsimple named\n");
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.startsWith("/said/")) {
                String what = path.substring("/said/".length());
                said.put(what, new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
                exchange.sendResponseHeaders(204, -1);
                if (what.endsWith("-done")) {
                    done.countDown();
                }
                return;
            }
            String frame =
                    "<iframe src=\"http://localhost:" + pages.getAddress().getPort() + "/other\"></iframe>";
            boolean named = path.equals("/named");
            loaded.countDown();
            byte[] page = PAGE.formatted(fixture.port(), named ? "named" : "other", named ? frame : "")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
            exchange.sendResponseHeaders(path.equals("/favicon.ico") ? 404 : 200, page.length);
            exchange.getResponseBody().write(page);
        }
    }
}
