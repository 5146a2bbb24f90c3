package io.decant.ingest.tls;

import io.decant.config.ServerTlsSettings;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate that a port shows, and whom it lets in. Its files are looked at every second; where they have
 * changed, connections from then on have the new ones. Where the new ones cannot be used, the old ones stay, and
 * {@link #status} says why.
 *
 * <p>TLS 1.2 and 1.3 alone, by the JDK. A client cannot renegotiate. Safe from any thread; {@link #start} and
 * {@link #reload} read files.
 */
public final class ServerTls implements AutoCloseable {

    /** How often the files are looked at. */
    static final long RELOAD_MILLIS = 1_000;

    /** How long a handshake may take before the connection is closed. */
    static final long HANDSHAKE_MILLIS_MAX = 10_000;

    private static final long DAY_SECONDS = 86_400;

    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private static final Logger log = LoggerFactory.getLogger(ServerTls.class);

    static {
        // Read once, when the first server handshake of the process begins. A handshake costs the server more than the
        // client, and none of our clients has a reason to ask for a second one.
        System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    }

    /**
     * What {@code /status} shows.
     *
     * @param expires when the certificate does that is shown to clients
     * @param days to that time, rounded down; negative once it is past
     * @param lastError why the files as they are now cannot be used; empty where they are in use
     * @param handshakesFailed since the start
     * @param lastHandshakeError the last of these, in one line; empty where none has failed
     */
    public record Status(
            Instant expires, long days, String lastError, long handshakesFailed, String lastHandshakeError) {

        /** At this time. */
        public static Status of(
                Instant expires, Instant now, String lastError, long handshakesFailed, String lastHandshakeError) {
            long days = Math.floorDiv(expires.getEpochSecond() - now.getEpochSecond(), DAY_SECONDS);
            return new Status(expires, days, lastError, handshakesFailed, lastHandshakeError);
        }
    }

    /** What the files held when they were read. */
    private record Content(Buffer certificate, Buffer key, Buffer clientCa) {}

    /** What connections are made with. */
    private record InUse(SslContext context, ServerSSLOptions options, Instant expires) {}

    private final String owner;
    private final ServerTlsSettings settings;
    private final Vertx vertx;
    private final InstantSource clock;
    private final AtomicLong handshakesFailed = new AtomicLong();

    private boolean letsItselfIn;

    private volatile InUse inUse;
    private volatile Runnable onReload = () -> {};
    private volatile String lastError = "";
    private volatile String lastHandshakeError = "";

    /** Guarded by this, as is the timer. */
    private Content seen;

    private long timer = -1;

    /**
     * @param owner what has the port, for messages, such as {@code source in}
     * @param settings with absolute paths
     * @param vertx on which the files are read
     * @param clock for the days that a certificate has left
     */
    public ServerTls(String owner, ServerTlsSettings settings, Vertx vertx, InstantSource clock) {
        this.owner = owner;
        this.settings = settings;
        this.vertx = vertx;
        this.clock = clock;
    }

    /**
     * Where clients are asked for a certificate, lets those in as well that show the server's own, as a command beside
     * it does by {@link PinnedServer}. For connections of {@link #newHandler} alone; before the start.
     */
    public ServerTls lettingItselfIn() {
        letsItselfIn = true;
        return this;
    }

    /**
     * Reads the files, and again whenever they change.
     *
     * @throws TlsException where they cannot be used
     */
    public synchronized void start() throws TlsException {
        seen = read();
        inUse = use(seen);
        timer = vertx.setPeriodic(RELOAD_MILLIS, tick -> {
            var unused = vertx.executeBlocking(
                    () -> {
                        reload();
                        return null;
                    },
                    false);
        });
    }

    /** Takes the files where they have changed; throws nothing. */
    synchronized void reload() {
        reload(false);
    }

    /** Does so before the next look is due, and logs also that nothing has changed; throws nothing. */
    public synchronized void reloadNow() {
        reload(true);
    }

    private void reload(boolean isAsked) {
        try {
            Content before = seen;
            // Where a file is not there for a while, what comes back is looked at in any case.
            seen = null;
            Content now = read();
            seen = now;
            if (now.equals(before)) {
                if (isAsked && lastError.isEmpty()) {
                    log.info("{}: the certificate is unchanged; it expires at {}", owner, inUse.expires);
                } else if (isAsked) {
                    log.warn("{}: the certificate stays as it was: {}", owner, lastError);
                }
                return;
            }
            inUse = use(now);
            lastError = "";
            onReload.run();
            log.info("{}: the certificate was read again; it expires at {}", owner, inUse.expires);
        } catch (TlsException e) {
            if (isAsked || !e.getMessage().equals(lastError)) {
                log.warn("{}: the certificate stays as it was: {}", owner, e.getMessage());
            }
            lastError = e.getMessage();
        }
    }

    /** The first handler of a new connection. */
    public SslHandler newHandler(ByteBufAllocator allocator) {
        SslHandler handler = inUse.context.newHandler(allocator);
        handler.setHandshakeTimeout(HANDSHAKE_MILLIS_MAX, TimeUnit.MILLISECONDS);
        return handler;
    }

    /** The same for a server of Vert.x's; those in use when this is called. */
    public ServerSSLOptions options() {
        return inUse.options.copy();
    }

    /** Has this run after each reload, on a thread that may block; throws nothing. */
    public void onReload(Runnable action) {
        onReload = action;
    }

    /** A client was not let in, or did not want to be. */
    public void handshakeFailed(String client, Throwable cause) {
        handshakesFailed.incrementAndGet();
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        lastHandshakeError = client + ": " + text.lines().findFirst().orElse("");
        log.debug("{}: no handshake with {}", owner, lastHandshakeError);
    }

    /** Once it is started. */
    public Status status() {
        InUse now = inUse;
        Instant expires = now == null ? Instant.EPOCH : now.expires;
        return Status.of(expires, clock.instant(), lastError, handshakesFailed.get(), lastHandshakeError);
    }

    /** Looks at the files no more. */
    @Override
    public synchronized void close() {
        vertx.cancelTimer(timer);
    }

    private Content read() throws TlsException {
        return new Content(
                PinnedServer.read(settings.certificate()),
                PinnedServer.read(settings.key()),
                settings.clientCa().isPresent()
                        ? PinnedServer.read(settings.clientCa().get())
                        : Buffer.buffer());
    }

    private InUse use(Content content) throws TlsException {
        X509Certificate first = first(content.certificate, settings.certificate());
        PemKeyCertOptions own = PemPair.of(content.certificate, settings.certificate(), content.key, settings.key())
                .options();
        ServerSSLOptions options = new ServerSSLOptions()
                .setKeyCertOptions(own)
                .setEnabledSecureTransportProtocols(new LinkedHashSet<>(List.of(PROTOCOLS)))
                .setUseAlpn(true)
                .setSslHandshakeTimeout(HANDSHAKE_MILLIS_MAX)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setClientAuth(
                        switch (settings.clientAuth()) {
                            case NONE -> io.vertx.core.http.ClientAuth.NONE;
                            case WANT -> io.vertx.core.http.ClientAuth.REQUEST;
                            case NEED -> io.vertx.core.http.ClientAuth.REQUIRED;
                        });
        try {
            SslContextBuilder builder = SslContextBuilder.forServer(own.getKeyManagerFactory(vertx))
                    .sslProvider(SslProvider.JDK)
                    .protocols(PROTOCOLS)
                    .clientAuth(
                            switch (settings.clientAuth()) {
                                case NONE -> ClientAuth.NONE;
                                case WANT -> ClientAuth.OPTIONAL;
                                case NEED -> ClientAuth.REQUIRE;
                            });
            if (settings.asksClients()) {
                PemTrustOptions trusted = new PemTrustOptions().addCertValue(content.clientCa);
                if (letsItselfIn) {
                    builder.trustManager(new OwnOrSigned(first, signedBy(trusted)));
                } else {
                    builder.trustManager(trusted.getTrustManagerFactory(vertx));
                }
                options.setTrustOptions(trusted);
            }
            return new InUse(builder.build(), options, first.getNotAfter().toInstant());
        } catch (Exception e) {
            // The factories declare as much.
            throw new TlsException(
                    settings.certificate() + " and " + settings.key() + " cannot be used: " + e.getMessage(), e);
        }
    }

    private X509ExtendedTrustManager signedBy(PemTrustOptions trusted) throws Exception {
        return (X509ExtendedTrustManager) trusted.getTrustManagerFactory(vertx).getTrustManagers()[0];
    }

    /** The server's own certificate, which stands before those that have signed it. */
    static X509Certificate first(Buffer certificates, Path file) throws TlsException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificates.getBytes()));
        } catch (CertificateException e) {
            throw new TlsException(file + " is no certificate in PEM", e);
        }
    }
}
