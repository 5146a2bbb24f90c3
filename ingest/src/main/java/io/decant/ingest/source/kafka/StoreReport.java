package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import io.decant.ingest.tls.ServerTls;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What {@code /status} shows of the key stores that all clients of a source use: when their certificate expires, and
 * why files that have changed are not used. Safe from any thread.
 */
final class StoreReport {

    private static final Logger log = LoggerFactory.getLogger(StoreReport.class);

    private final String source;
    private final InstantSource clock;
    private final boolean isSet;
    private volatile Instant expires = Instant.EPOCH;
    private volatile String lastError = "";

    private StoreReport(String source, InstantSource clock, boolean isSet) {
        this.source = source;
        this.clock = clock;
        this.isSet = isSet;
    }

    /** Of a source whose properties may name files. Reads them where they do. */
    static StoreReport of(String source, KafkaSourceSettings settings, InstantSource clock) {
        boolean isSet = Stream.of(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG)
                .anyMatch(settings.properties()::containsKey);
        StoreReport report = new StoreReport(source, clock, isSet);
        if (isSet) {
            report.look(settings);
        }
        return report;
    }

    /** Of a source that has no files. */
    static StoreReport none() {
        return new StoreReport("", Instant::now, false);
    }

    private void look(KafkaSourceSettings settings) {
        try (DefaultSslEngineFactory engines = new DefaultSslEngineFactory()) {
            engines.configure(new AdminClientConfig(ClientConfig.admin(source, settings)).values());
            used(engines.keystore(), engines.truststore());
        } catch (RuntimeException e) {
            // Told again, and the start refused, where clients do not take the properties.
            lastError = message(e);
        }
    }

    /** Connections use these from now on; null: there is none. */
    void used(KeyStore own, KeyStore trusted) {
        lastError = "";
        expires = first(own).or(() -> first(trusted)).orElse(Instant.EPOCH);
    }

    /** The files have changed, and cannot be used; what was used is used on. */
    void failed(RuntimeException e) {
        String error = message(e);
        if (!error.equals(lastError)) {
            log.warn("source {}: the key stores stay as they were: {}", source, error);
        }
        lastError = error;
    }

    private static String message(RuntimeException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    /** When the first of its certificates expires: of keys their own, and not those that have signed it. */
    private static Optional<Instant> first(KeyStore store) {
        if (store == null) {
            return Optional.empty();
        }
        try {
            List<String> aliases = Collections.list(store.aliases());
            return aliases.stream()
                    .map(alias -> certificate(store, alias))
                    .filter(Objects::nonNull)
                    .map(X509Certificate.class::cast)
                    .map(certificate -> certificate.getNotAfter().toInstant())
                    .min(Instant::compareTo);
        } catch (KeyStoreException e) {
            throw new IllegalStateException("it is loaded", e);
        }
    }

    private static Certificate certificate(KeyStore store, String alias) {
        try {
            return store.getCertificate(alias);
        } catch (KeyStoreException e) {
            throw new IllegalStateException("it is loaded", e);
        }
    }

    /** Null where there are no files. */
    ServerTls.Status status() {
        return isSet ? ServerTls.Status.of(expires, clock.instant(), lastError, 0, "") : null;
    }
}
