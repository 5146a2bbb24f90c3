package io.decant.ingest.source.kafka;

import java.io.IOException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.apache.kafka.common.utils.Utils;

/**
 * Where Kafka's clients let others have a hand in their connections: the factory of their TLS engines. Every connection
 * of ours gets an engine from here, with a {@link FrameWatch}; one without TLS gets an engine that leaves bytes as they
 * are. Made by Kafka's clients, by its name.
 */
public final class GuardedEngineFactory implements SslEngineFactory {

    private static final String GUARD = "decant.frame.guard";
    private static final String PLAIN = "decant.plain";
    private static final String REPORT = "decant.store.report";
    private static final String USERS_FACTORY = "decant.ssl.engine.factory.class";
    private static final Map<String, String> WITH_ENGINE = Map.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL");

    private FrameGuard guard;

    /** Null where there is no TLS. */
    private SslEngineFactory tls;

    /** For Kafka's clients. */
    public GuardedEngineFactory() {}

    /**
     * Has the client of these properties make its connections here. What its protocol is to be is what they say before.
     *
     * @param report told of its key stores
     */
    static void install(Map<String, Object> config, FrameGuard guard, StoreReport report) {
        String protocol = String.valueOf(config.getOrDefault(
                        CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, CommonClientConfigs.DEFAULT_SECURITY_PROTOCOL))
                .toUpperCase(Locale.ROOT);
        String withEngine = WITH_ENGINE.get(protocol);
        if (withEngine != null) {
            config.put(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, withEngine);
            config.put(PLAIN, true);
        }
        Object factory = config.get(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG);
        if (factory != null) {
            config.put(USERS_FACTORY, factory);
        }
        config.put(SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, GuardedEngineFactory.class);
        config.put(GUARD, guard);
        config.put(REPORT, report);
    }

    @Override
    public void configure(Map<String, ?> configs) {
        guard = (FrameGuard) configs.get(GUARD);
        if (configs.get(PLAIN) == null) {
            tls = newFactory(configs.get(USERS_FACTORY), (StoreReport) configs.get(REPORT));
            tls.configure(new HashMap<>(configs));
        }
    }

    private static SslEngineFactory newFactory(Object users, StoreReport report) {
        if (users == null || String.valueOf(users).isEmpty()) {
            return new RenewedStores(report);
        }
        try {
            return users instanceof Class<?> type
                    ? (SslEngineFactory) Utils.newInstance(type)
                    : Utils.newInstance(String.valueOf(users), SslEngineFactory.class);
        } catch (ClassNotFoundException e) {
            throw new org.apache.kafka.common.config.ConfigException(
                    SslConfigs.SSL_ENGINE_FACTORY_CLASS_CONFIG, users, "there is no such class");
        }
    }

    @Override
    public SSLEngine createClientSslEngine(String peerHost, int peerPort, String endpointIdentification) {
        SSLEngine engine = tls == null
                ? new PlainEngine(peerHost, peerPort)
                : tls.createClientSslEngine(peerHost, peerPort, endpointIdentification);
        return new GuardedEngine(engine, new FrameWatch(guard, peerHost, peerPort));
    }

    @Override
    public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
        throw new UnsupportedOperationException("a client accepts no connections");
    }

    @Override
    public boolean shouldBeRebuilt(Map<String, Object> nextConfigs) {
        return tls != null && tls.shouldBeRebuilt(nextConfigs);
    }

    @Override
    public Set<String> reconfigurableConfigs() {
        return tls == null ? Set.of() : tls.reconfigurableConfigs();
    }

    @Override
    public KeyStore keystore() {
        return tls == null ? null : tls.keystore();
    }

    @Override
    public KeyStore truststore() {
        return tls == null ? null : tls.truststore();
    }

    @Override
    public void close() throws IOException {
        if (tls != null) {
            tls.close();
        }
    }
}
