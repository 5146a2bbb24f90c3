package io.decant.ingest.tls;

import io.decant.config.TlsSettings;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * As whom a client shows itself, and whom it trusts. Its files are looked at every second once they are {@linkplain
 * #watch watched}; where they have changed, connections from then on have the new ones. Where the new ones cannot be
 * used, the old ones stay, and {@link #status} says why. Safe from any thread; reads files.
 */
public final class ClientTls implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ClientTls.class);

    /** What the files held when they were read; null: that file is not set. */
    private record Content(Buffer ca, Buffer certificate, Buffer key) {}

    /**
     * What connections are made with.
     *
     * @param trust empty: the platform's
     * @param own empty: no certificate
     * @param expires the own certificate, or else the first of those that are trusted
     */
    private record InUse(Optional<TrustOptions> trust, Optional<KeyCertOptions> own, Instant expires) {}

    private final String owner;
    private final TlsSettings settings;
    private final Vertx vertx;
    private final InstantSource clock;

    private volatile InUse inUse;
    private volatile String lastError = "";

    /** Guarded by this, as is the timer. */
    private Content seen;

    private long timer = -1;

    /**
     * Reads the files. Where they cannot be used, connections fail until they can.
     *
     * @param owner what connects, for messages, such as {@code sink api}
     * @param settings with absolute paths
     * @param vertx on which the files are read again
     * @param clock for the days that a certificate has left
     */
    public ClientTls(String owner, TlsSettings settings, Vertx vertx, InstantSource clock) {
        this.owner = owner;
        this.settings = settings;
        this.vertx = vertx;
        this.clock = clock;
        try {
            seen = read();
            inUse = use(seen);
        } catch (TlsException e) {
            lastError = e.getMessage();
            inUse = new InUse(
                    settings.caFile().map(file -> new PemTrustOptions().addCertPath(file.toString())),
                    settings.certificate().map(file -> new PemKeyCertOptions()
                            .addCertPath(file.toString())
                            .addKeyPath(settings.key().orElseThrow().toString())),
                    Instant.EPOCH);
        }
    }

    /** Whether there is a file at all. */
    private boolean isSet() {
        return settings.caFile().isPresent() || settings.certificate().isPresent();
    }

    /** Whom it trusts now; empty: those that the platform does. */
    public Optional<TrustOptions> trust() {
        return inUse.trust;
    }

    /** As whom it shows itself now; empty: as nobody. */
    public Optional<KeyCertOptions> own() {
        return inUse.own;
    }

    /**
     * Looks at the files from now on.
     *
     * @param onReload run after each change, on a thread that may block; throws nothing
     */
    public synchronized void watch(Runnable onReload) {
        if (isSet()) {
            timer = vertx.setPeriodic(ServerTls.RELOAD_MILLIS, tick -> {
                var unused = vertx.executeBlocking(
                        () -> {
                            reload(onReload);
                            return null;
                        },
                        false);
            });
        }
    }

    private synchronized void reload(Runnable onReload) {
        try {
            Content before = seen;
            seen = null;
            Content now = read();
            seen = now;
            if (now.equals(before)) {
                return;
            }
            inUse = use(now);
            lastError = "";
            onReload.run();
            log.info("{}: the files of tls were read again", owner);
        } catch (TlsException e) {
            if (!e.getMessage().equals(lastError)) {
                log.warn("{}: the files of tls stay as they were: {}", owner, e.getMessage());
            }
            lastError = e.getMessage();
        }
    }

    /** What {@code /status} shows; empty where there is no file. */
    public Optional<ServerTls.Status> status() {
        return isSet()
                ? Optional.of(ServerTls.Status.of(inUse.expires, clock.instant(), lastError, 0, ""))
                : Optional.empty();
    }

    /** Looks at the files no more. */
    @Override
    public synchronized void close() {
        vertx.cancelTimer(timer);
    }

    private Content read() throws TlsException {
        return new Content(read(settings.caFile()), read(settings.certificate()), read(settings.key()));
    }

    private static Buffer read(Optional<Path> file) throws TlsException {
        return file.isPresent() ? PinnedServer.read(file.get()) : null;
    }

    private InUse use(Content content) throws TlsException {
        Optional<TrustOptions> trust = Optional.empty();
        Optional<KeyCertOptions> own = Optional.empty();
        Instant expires = Instant.MAX;
        if (content.ca != null) {
            trust = Optional.of(new PemTrustOptions().addCertValue(content.ca));
            expires = firstToExpire(content.ca, settings.caFile().orElseThrow());
        }
        if (content.certificate != null && content.key != null) {
            Path file = settings.certificate().orElseThrow();
            own = Optional.of(PemPair.of(
                            content.certificate,
                            file,
                            content.key,
                            settings.key().orElseThrow())
                    .options());
            expires = ServerTls.first(content.certificate, file).getNotAfter().toInstant();
        }
        return new InUse(trust, own, expires);
    }

    private static Instant firstToExpire(Buffer certificates, Path file) throws TlsException {
        try {
            Collection<? extends Certificate> all = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(certificates.getBytes()));
            return all.stream()
                    .map(certificate ->
                            ((X509Certificate) certificate).getNotAfter().toInstant())
                    .min(Instant::compareTo)
                    .orElseThrow(() -> new TlsException(file + " has no certificate in PEM", null));
        } catch (CertificateException e) {
            throw new TlsException(file + " has a certificate that cannot be read", e);
        }
    }
}
