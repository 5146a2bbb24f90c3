package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * What Kafka's clients are told: what the source needs, under what the user's {@code properties} say. Holds secrets.
 */
final class ClientConfig {

    /** How often a consumer asks which partitions there are. */
    private static final int METADATA_MAX_AGE_MILLIS = 5_000;
    /** How long one request may take. */
    private static final int REQUEST_MILLIS = 10_000;
    /** How long a call that needs an answer may wait for it. */
    static final int CALL_MILLIS = 5_000;
    /** How long a look at the topics may take before the cluster counts as unreachable. */
    private static final int LOOK_MILLIS = 5_000;
    /** Enough for blocks worth writing. What they may take on the heap is bounded by {@link UnpackBudget}. */
    private static final int POLL_RECORDS_MAX = 8_192;
    /**
     * What one answer of one broker may hold, unless a single batch is larger: heap that lives until it is in blocks.
     * An answer costs the same however little it holds, so smaller ones are slower; each source needs the heap for two.
     */
    static final int FETCH_BYTES_MAX = 4 << 20;

    private static final int RECONNECT_MILLIS_MAX = 2_000;

    private ClientConfig() {}

    static Map<String, Object> consumer(String source, KafkaSourceSettings settings) {
        Map<String, Object> config = common(source, settings);
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.METADATA_MAX_AGE_CONFIG, METADATA_MAX_AGE_MILLIS);
        config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, CALL_MILLIS);
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS_MAX);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES_MAX);
        settings.properties().forEach((name, value) -> config.put(name, value.value()));
        // In name only: a consumer gets the ones that it uses handed in.
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteBufferDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteBufferDeserializer.class);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, settings.groupId());
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        // By a wrong checksum a batch is kept from the client that it could not unpack.
        config.put(ConsumerConfig.CHECK_CRCS_CONFIG, true);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        return config;
    }

    /** So many records a consumer unpacks at most before it returns them. */
    static int pollRecordsMax(String source, KafkaSourceSettings settings) {
        String name = ConsumerConfig.MAX_POLL_RECORDS_CONFIG;
        return (Integer) ConfigDef.parseType(name, consumer(source, settings).get(name), ConfigDef.Type.INT);
    }

    static Map<String, Object> admin(String source, KafkaSourceSettings settings) {
        Map<String, Object> config = common(source, settings);
        Set<String> consumers = ConsumerConfig.configNames();
        Set<String> admins = AdminClientConfig.configNames();
        settings.properties().forEach((name, value) -> {
            // What a login module wants is known to neither.
            if (admins.contains(name) || !consumers.contains(name)) {
                config.put(name, value.value());
            }
        });
        config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LOOK_MILLIS);
        config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LOOK_MILLIS);
        return config;
    }

    private static Map<String, Object> common(String source, KafkaSourceSettings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.servers());
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, "decant-" + source);
        config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
        config.put(ConsumerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, RECONNECT_MILLIS_MAX);
        // Neither beans nor what brokers ask about their clients.
        config.put(ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, "");
        config.put(ConsumerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return config;
    }
}
