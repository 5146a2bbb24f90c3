package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AdminSettings;
import io.decant.config.HostPort;
import io.decant.config.Secret;
import io.decant.ingest.history.BatchInfo;
import io.decant.ingest.history.History;
import io.decant.ingest.users.Users;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What fifty open pages have the server do, over real sockets. */
@Timeout(120)
class ManyPagesTest {

    private static final int PAGES = 50;
    private static final int PATIENCE_MILLIS = 60_000;

    private final Metrics metrics = new Metrics();
    private final History history = new History(InstantSource.system());
    private final AtomicInteger statuses = new AtomicInteger();
    private final AtomicLong nanoTime = new AtomicLong(1);
    private final List<Client> clients = new ArrayList<>();
    private AdminServer admin;

    /** A connection of a page. */
    private static final class Client {
        private final Socket socket;
        private final BufferedReader lines;

        Client(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        }

        void ask(String path) throws IOException {
            String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nCache-Control: max-age=1\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        }

        /** Whether the answer to what was asked is there, and reads it. */
        String answer() throws IOException {
            String status = lines.readLine();
            int length = 0;
            for (String field = lines.readLine(); !field.isEmpty(); field = lines.readLine()) {
                length = field.startsWith("content-length: ")
                        ? Integer.parseInt(field.substring("content-length: ".length()))
                        : length;
            }
            char[] body = new char[length];
            for (int read = 0; read < length; ) {
                read += lines.read(body, read, length - read);
            }
            return status + " " + new String(body);
        }

        void await(String line) throws IOException {
            for (String next = lines.readLine(); !line.equals(next); next = lines.readLine()) {
                assertThat(next).as("before " + line).isNotNull();
            }
        }
    }

    @BeforeEach
    void start() throws Exception {
        history.batches().begin(4);
        history.batches().addSink("api", 4);
        admin = new AdminServer(
                new AdminSettings(new HostPort("127.0.0.1", 0), List.of(), "", Optional.empty(), Map.of()),
                AdminServer.CONNECTIONS_MAX,
                new AdminSecurity(
                        Optional.empty(), Users.of("admin", Map.of()), Secret.NONE, new SecureRandom(), nanoTime::get),
                metrics,
                () -> {
                    statuses.incrementAndGet();
                    return AdminFixture.status();
                },
                query -> null,
                history);
        admin.start();
    }

    @AfterEach
    void stop() throws IOException {
        for (Client client : clients) {
            client.socket.close();
        }
        admin.close();
        metrics.close();
    }

    private List<Client> connect(int number) throws IOException {
        List<Client> connected = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            connected.add(new Client(HostPort.parse(admin.address()).port()));
        }
        clients.addAll(connected);
        return connected;
    }

    /** All of them at once. */
    private static List<String> askAll(List<Client> pages, String path) throws IOException {
        for (Client page : pages) {
            page.ask(path);
        }
        List<String> answers = new ArrayList<>();
        for (Client page : pages) {
            answers.add(page.answer());
        }
        return answers;
    }

    @Test
    void shouldMakeAStatusOnceASecond() throws IOException {
        List<Client> pages = connect(PAGES);
        int before = statuses.get();
        for (int second = 1; second <= 10; second++) {
            for (int third = 0; third < 3; third++) {
                assertThat(askAll(pages, "/status"))
                        .allSatisfy(answer -> assertThat(answer)
                                .startsWith("HTTP/1.1 200 OK {")
                                .endsWith("}\n"))
                        .as("the same")
                        .containsOnly(askAll(pages.subList(0, 1), "/status").get(0));
                assertThat(statuses.get() - before).isEqualTo(second);
            }
            nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(1) + 1);
        }
    }

    /** Beside what they ask for, and a probe; fewer connections, or fewer readers, and somebody would be refused. */
    @Test
    void shouldTellAllOfThemOfEventsAndOfEachSecond() throws IOException {
        List<Client> asking = connect(PAGES);
        List<Client> reading = connect(PAGES);
        for (Client page : reading) {
            page.ask("/events?live");
            assertThat(page.lines.readLine()).isEqualTo("HTTP/1.1 200 OK");
            page.await("retry: 2000");
        }
        assertThat(askAll(asking, "/history")).allMatch(answer -> answer.startsWith("HTTP/1.1 200 OK {"));
        history.batches().cut(new BatchInfo(5, 0, 1_000, 1, 2, List.of("api")));
        history.batches().synced(5);
        for (Client page : reading) {
            page.await("event: batch-submitted");
        }
        for (Client page : reading) {
            page.await("event: seconds");
            assertThat(page.lines.readLine())
                    .startsWith("data: {\"lastEventId\":")
                    .contains("\"seconds\":5,");
            assertThat(page.lines.readLine()).isEmpty();
            page.await("event: status");
            assertThat(page.lines.readLine())
                    .startsWith("data: {\"name\":\"edge-1\",")
                    .endsWith("}");
            assertThat(page.lines.readLine()).isEmpty();
        }
        Client probe = connect(1).get(0);
        probe.ask("/healthz");
        assertThat(probe.answer()).isEqualTo("HTTP/1.1 200 OK ok\n");
        assertThat(askAll(asking, "/batches")).as("nobody was disconnected").hasSize(PAGES);
    }
}
