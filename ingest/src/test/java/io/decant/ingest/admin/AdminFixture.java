package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AdminSettings;
import io.decant.config.AdminUserSettings;
import io.decant.config.HostPort;
import io.decant.config.Secret;
import io.decant.config.ServerTlsSettings;
import io.decant.ingest.history.History;
import io.decant.ingest.tls.ServerTls;
import io.decant.ingest.users.Users;
import io.decant.ingest.users.UsersException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** An admin server on a free port of the loopback, whose replays are counted and send nothing. */
final class AdminFixture implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    /** Of who runs commands beside the server. */
    static final Secret TOKEN = new Secret("beside-the-server");

    private final Vertx vertx = Vertx.vertx();
    private final Metrics metrics = new Metrics();
    private final List<ReplayQuery> replays = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<String, AdminUserSettings> users = new LinkedHashMap<>();
    private final AtomicLong nanoTime = new AtomicLong(1);
    private String host = "127.0.0.1";
    private String basePath = "";
    private Optional<ServerTlsSettings> tlsSettings = Optional.empty();
    private ServerTls tls;
    private AdminServer admin;

    AdminFixture tls(ServerTlsSettings settings) {
        tlsSettings = Optional.of(settings);
        return this;
    }

    /** Listens there in place of 127.0.0.1. */
    AdminFixture at(String address) {
        host = address;
        return this;
    }

    /** Is shown below that path, too. */
    AdminFixture below(String path) {
        basePath = path;
        return this;
    }

    AdminFixture user(String name, AdminUserSettings user) {
        users.put(name, user);
        return this;
    }

    /** Lets that time pass, for sessions and failed logins. */
    void pass(Duration time) {
        nanoTime.addAndGet(time.toNanos());
    }

    private Users tokens() {
        try {
            Users tokens = Users.of("admin", AdminUserSettings.tokens(users));
            opened.add(tokens);
            tokens.watch(vertx);
            return tokens;
        } catch (UsersException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Neither users nor TLS, nor a token that anybody has. */
    static AdminSecurity unsecured() {
        try {
            return new AdminSecurity(
                    Optional.empty(), Users.of("admin", Map.of()), Secret.NONE, new SecureRandom(), System::nanoTime);
        } catch (UsersException e) {
            throw new IllegalStateException(e);
        }
    }

    AdminFixture start() {
        tls = tlsSettings
                .map(settings -> new ServerTls("admin", settings, vertx, InstantSource.system()))
                .orElse(null);
        AdminSettings settings = new AdminSettings(new HostPort(host, 0), List.of(), basePath, tlsSettings, users);
        admin = new AdminServer(
                settings,
                AdminServer.CONNECTIONS_MAX,
                new AdminSecurity(Optional.ofNullable(tls), tokens(), TOKEN, new SecureRandom(), nanoTime::get),
                metrics,
                AdminFixture::status,
                query -> {
                    replays.add(query);
                    return CompletableFuture.completedFuture(new ReplayAnswer(0, 0, Map.of(), 0, 0, 0, 0, 0, ""));
                },
                new History(InstantSource.system()));
        opened.add(admin);
        admin.start();
        return this;
    }

    ServerTls tls() {
        return tls;
    }

    String address() {
        return admin.address();
    }

    /** The cookie that an answer sets, as a request has it. */
    static String cookie(HttpResponse<?> answer) {
        String set = answer.headers().firstValue("set-cookie").orElseThrow();
        return set.substring(0, set.indexOf(';'));
    }

    /** What the server was asked to send again. */
    List<ReplayQuery> replays() {
        return replays;
    }

    Socket connect() throws IOException {
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), HostPort.parse(address()).port());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** All that is answered until the server closes the connection. */
    String ask(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** All that is answered until the server says its end; fails where it ends without that. */
    String askOverTls(SSLContext context, String protocol, String request) throws IOException {
        try (Socket plain = connect();
                SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", 0, true)) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What comes until the server closes, or resets. */
    static String readToTheEnd(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException e) {
            return "";
        }
    }

    void until(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!condition.call()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    static ServerStatus status() {
        return new ServerStatus(
                "edge-1",
                "1.2.3",
                "running",
                List.of(),
                List.of(),
                "none",
                new ServerStatus.Journal("0badcafe", 4, 3, 2, 1, 2, 1, 1, 5, 8, 65),
                Map.of(),
                Map.of(),
                ServerStatus.Offload.OFF,
                new ServerStatus.DeadLetters(0, 0, 1, "", Map.of()),
                List.of());
    }

    @Override
    public void close() {
        try {
            for (AutoCloseable each : opened) {
                each.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            metrics.close();
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
