package io.decant.ingest.cli;

import io.decant.config.Secret;
import io.decant.config.ServerTlsSettings;
import io.decant.config.Settings;
import io.decant.ingest.server.AdminAddress;
import io.decant.ingest.server.AdminToken;
import io.decant.ingest.tls.PinnedServer;
import io.decant.ingest.tls.TlsException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Asks the server that runs on a data directory, as one of its operators: by the address and with the token that it has
 * written there. Over TLS it trusts exactly the certificate of the settings.
 */
final class AdminClient {

    /** Longer than a server takes to answer, whatever is in its way. */
    private static final Duration ANSWER = Duration.ofMinutes(2);

    private static final Duration CONNECT = Duration.ofSeconds(5);

    private final Path dataDir;
    private final Optional<ServerTlsSettings> tls;
    private final String address;

    private AdminClient(Path dataDir, Optional<ServerTlsSettings> tls, String address) {
        this.dataDir = dataDir;
        this.tls = tls;
        this.address = address;
    }

    /**
     * The server that has the directory of these settings.
     *
     * @throws CliException where its address is not there
     */
    static AdminClient of(Settings settings) throws IOException {
        Path dataDir = settings.dataDir();
        String address = AdminAddress.read(dataDir)
                .orElseThrow(() -> new CliException(
                        ExitStatus.FAILED,
                        "a server uses " + dataDir
                                + ", but its admin address is not known; it is starting or stopping, so try again"));
        return new AdminClient(dataDir, settings.admin().tls(), address);
    }

    /** Where the server listens, as it says. */
    String address() {
        return address;
    }

    /**
     * The body of an answer of success.
     *
     * @param json what is asked for
     * @throws CliException where there is none, with the reason
     */
    String post(String path, String json) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        AdminUrl.connectable(tls.isPresent() ? "https" : "http", address, path))
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        return send(request);
    }

    private String send(HttpRequest.Builder request) throws IOException {
        // Read anew for each request, for a server that was started again has another.
        Optional<Secret> token = AdminToken.read(dataDir);
        token.ifPresent(known -> request.header("Authorization", "Bearer " + known.reveal()));
        HttpResponse<String> response = answer(request.build());
        if (response.statusCode() / 100 != 2) {
            throw new CliException(
                    ExitStatus.FAILED,
                    "the server refuses: " + response.body().strip()
                            + (token.isEmpty() && isRefusedForWhoAsks(response.statusCode())
                                    ? "; " + dataDir.resolve("admin.token")
                                            + " cannot be read: run this as the server's user"
                                    : ""));
        }
        return response.body();
    }

    private static boolean isRefusedForWhoAsks(int status) {
        return status == 401 || status == 403;
    }

    private HttpResponse<String> answer(HttpRequest request) throws IOException {
        try {
            return client().send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (SSLException e) {
            throw new CliException(
                    ExitStatus.FAILED,
                    "no connection by TLS to the admin port " + address + ": " + e.getMessage()
                            + "; these settings must be those of the running server; a renewed certificate is in use"
                            + " after a second, unless /status says why not",
                    e);
        } catch (IOException e) {
            throw new CliException(
                    ExitStatus.FAILED,
                    "no answer from the admin port " + address + ": " + e
                            + (tls.isEmpty()
                                    ? "; where the server has admin.tls, these settings must have it, too"
                                    : ""),
                    e);
        }
    }

    private HttpClient client() {
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
        if (tls.isPresent()) {
            try {
                client.sslContext(PinnedServer.context(tls.get()));
            } catch (TlsException e) {
                throw new CliException(ExitStatus.FAILED, "admin.tls: " + e.getMessage(), e);
            }
        }
        return client.build();
    }
}
