package io.decant.ingest.source.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.security.ssl.DefaultSslEngineFactory;

/**
 * Kafka's own factory of TLS engines, made anew where the files of its key stores have changed when a connection is
 * made: by itself it reads them once. Where the new ones cannot be used, it goes on with the old ones. Safe from any
 * thread.
 */
final class RenewedStores implements SslEngineFactory {

    private final StoreReport report;
    private Map<String, ?> configs = Map.of();
    private List<Path> files = List.of();
    private List<byte[]> seen = List.of();
    private DefaultSslEngineFactory current = new DefaultSslEngineFactory();

    RenewedStores(StoreReport report) {
        this.report = report;
    }

    @Override
    public synchronized void configure(Map<String, ?> values) {
        configs = new HashMap<>(values);
        files = Stream.of(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG, SslConfigs.SSL_TRUSTSTORE_LOCATION_CONFIG)
                .map(configs::get)
                .filter(String.class::isInstance)
                .map(location -> Path.of((String) location))
                .toList();
        seen = read();
        current.configure(configs);
        report.used(current.keystore(), current.truststore());
    }

    @Override
    public synchronized SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
        renew();
        return current.createClientSslEngine(peerHost, peerPort, endpointIdentification);
    }

    private void renew() {
        List<byte[]> now = read();
        if (Arrays.deepEquals(now.toArray(), seen.toArray())) {
            return;
        }
        seen = now;
        DefaultSslEngineFactory renewed = new DefaultSslEngineFactory();
        try {
            renewed.configure(configs);
            // What is not there would be none: whom to trust would be up to the platform.
            now.forEach(RenewedStores::requireThere);
            current.close();
            current = renewed;
            report.used(current.keystore(), current.truststore());
        } catch (KafkaException e) {
            report.failed(e);
        }
    }

    private static void requireThere(byte[] content) {
        if (content.length == 0) {
            throw new KafkaException("the file of a key store is empty, or cannot be read");
        }
    }

    /** What the files hold now; nothing of one that cannot be read. */
    private List<byte[]> read() {
        List<byte[]> contents = new ArrayList<>();
        for (Path file : files) {
            try {
                contents.add(Files.readAllBytes(file));
            } catch (IOException e) {
                contents.add(new byte[0]);
            }
        }
        return contents;
    }

    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
        throw new UnsupportedOperationException("a client accepts no connections");
    }

    @Override
    public synchronized boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return current.shouldBeRebuilt(nextConfigs);
    }

    @Override
    public synchronized Set<String> reconfigurableConfigs() {
        return current.reconfigurableConfigs();
    }

    @Override
    public synchronized KeyStore keystore() {
        return current.keystore();
    }

    @Override
    public synchronized KeyStore truststore() {
        return current.truststore();
    }

    @Override
    public synchronized void close() {
        current.close();
    }
}
