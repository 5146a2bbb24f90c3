package io.decant.ingest.cli;

import io.decant.config.Secret;
import io.decant.config.ServerTlsSettings;
import io.decant.config.Settings;
import io.decant.ingest.server.AdminAddress;
import io.decant.ingest.server.AdminToken;
import io.decant.ingest.tls.PinnedServer;
import io.decant.ingest.tls.TlsException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks a running server. The one on a data directory is asked as one of its operators: by the address and with the
 * token that it has written there, and over TLS it trusts exactly the certificate of the settings. One at a URL is
 * asked as a user, or as nobody. For one thread.
 */
final class AdminClient {

    /** Longer than a server takes to answer, whatever is in its way. */
    private static final Duration ANSWER = Duration.ofMinutes(2);

    private static final Duration CONNECT = Duration.ofSeconds(5);

    /** How a server is reached. */
    private interface Place {

        /** For people. */
        String address();

        URI uri(String path) throws IOException;

        /** Read anew for each request: a server that was started again has another one. */
        Optional<Secret> token() throws IOException;

        /** Empty: that of the platform. */
        Optional<SSLContext> tls() throws TlsException, IOException;

        /** What to do where a request without a token is refused. */
        String withoutToken();

        String withoutTls();

        /** What to do where its certificate is not trusted. */
        String untrusted();
    }

    private final Place place;

    /** Made when it is first needed. */
    private Optional<HttpClient> http = Optional.empty();

    private AdminClient(Place place) {
        this.place = place;
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
        return new AdminClient(new Beside(dataDir, settings.admin().tls(), address));
    }

    /**
     * The server whose admin port has a URL.
     *
     * @param base with the base path, if it has one
     * @param tokenFile holds the token of a user
     * @param caFile certificates that sign that of the server, PEM; empty: those of the platform
     */
    static AdminClient of(URI base, Optional<Path> tokenFile, Optional<Path> caFile) {
        return new AdminClient(new Remote(base, tokenFile, caFile));
    }

    private record Beside(Path dataDir, Optional<ServerTlsSettings> settings, String address) implements Place {

        @Override
        public URI uri(String path) throws IOException {
            return AdminUrl.connectable(settings.isPresent() ? "https" : "http", address, path);
        }

        @Override
        public Optional<Secret> token() throws IOException {
            return AdminToken.read(dataDir);
        }

        @Override
        public Optional<SSLContext> tls() throws TlsException {
            return settings.isPresent() ? Optional.of(PinnedServer.context(settings.get())) : Optional.empty();
        }

        @Override
        public String withoutToken() {
            return "; " + dataDir.resolve("admin.token") + " cannot be read: run this as the server's user";
        }

        @Override
        public String withoutTls() {
            return settings.isEmpty() ? "; where the server has admin.tls, these settings must have it, too" : "";
        }

        @Override
        public String untrusted() {
            return "; these settings must be those of the running server; a renewed certificate is in use after a"
                    + " second, unless /status says why not";
        }
    }

    private record Remote(URI base, Optional<Path> tokenFile, Optional<Path> caFile) implements Place {

        @Override
        public String address() {
            return base.toString();
        }

        @Override
        public URI uri(String path) {
            String text = base.toString();
            return URI.create((text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + path);
        }

        @Override
        public Optional<Secret> token() throws IOException {
            return tokenFile.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Secret(Files.readString(tokenFile.get(), StandardCharsets.UTF_8)
                            .strip()));
        }

        @Override
        public Optional<SSLContext> tls() throws IOException {
            return caFile.isEmpty() ? Optional.empty() : Optional.of(trusting(caFile.get()));
        }

        private static SSLContext trusting(Path file) throws IOException {
            try (InputStream pem = Files.newInputStream(file)) {
                KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
                trusted.load(null, null);
                int number = 0;
                for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                    trusted.setCertificateEntry(Integer.toString(number++), each);
                }
                TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                trust.init(trusted);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, trust.getTrustManagers(), null);
                return context;
            } catch (GeneralSecurityException e) {
                throw new IOException(file + " has no certificates in PEM: " + e.getMessage(), e);
            }
        }

        @Override
        public String withoutToken() {
            return "; give the token of a user by --token-file";
        }

        @Override
        public String withoutTls() {
            return "";
        }

        @Override
        public String untrusted() {
            return "; give the certificate that signed the server's by --ca-file";
        }
    }

    /** Where the server listens, as it says, or its URL. */
    String address() {
        return place.address();
    }

    /**
     * The body of an answer of success.
     *
     * @throws CliException where there is none, with the reason
     */
    String get(String path) throws IOException {
        return send(HttpRequest.newBuilder(place.uri(path)).timeout(ANSWER));
    }

    /**
     * The same of a request that may change something.
     *
     * @param json what is asked for
     */
    String post(String path, String json) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(place.uri(path))
                .timeout(ANSWER)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        return send(request);
    }

    private String send(HttpRequest.Builder request) throws IOException {
        Optional<Secret> token = place.token();
        token.ifPresent(known -> request.header("Authorization", "Bearer " + known.reveal()));
        HttpResponse<String> response = answer(request.build());
        if (response.statusCode() / 100 != 2) {
            throw new CliException(
                    ExitStatus.FAILED,
                    "the server refuses: " + response.body().strip()
                            + (token.isEmpty() && isRefusedForWhoAsks(response.statusCode())
                                    ? place.withoutToken()
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
                    "no connection by TLS to the admin port " + address() + ": " + e.getMessage() + place.untrusted(),
                    e);
        } catch (IOException e) {
            throw new CliException(
                    ExitStatus.FAILED, "no answer from the admin port " + address() + ": " + e + place.withoutTls(), e);
        }
    }

    private HttpClient client() throws IOException {
        if (http.isPresent()) {
            return http.get();
        }
        HttpClient.Builder client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
        try {
            place.tls().ifPresent(client::sslContext);
        } catch (TlsException e) {
            throw new CliException(ExitStatus.FAILED, "admin.tls: " + e.getMessage(), e);
        }
        http = Optional.of(client.build());
        return http.get();
    }
}
