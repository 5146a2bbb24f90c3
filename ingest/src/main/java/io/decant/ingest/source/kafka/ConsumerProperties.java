package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import io.decant.config.PropertyValue;
import io.decant.ingest.source.SourceException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;

/**
 * Looks at what a source hands through to Kafka's clients, before it does. A property that Kafka does not know may
 * still be one of a plug-in's own; one that is a letter or two away from a name that Kafka knows is taken for a slip.
 * Does not connect. Stateless.
 */
final class ConsumerProperties {

    /** Letters to add, drop or change that make a slip. */
    private static final int SLIP_LETTERS_MAX = 2;
    /** Those whose classes the consumer loads only when it is made, each with what they must be. */
    private static final Map<String, Class<?>> CLASS_LISTS = Map.of(
            ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG, ConsumerInterceptor.class,
            ConsumerConfig.METRIC_REPORTER_CLASSES_CONFIG, org.apache.kafka.common.metrics.MetricsReporter.class,
            ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                    org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.class);

    private ConsumerProperties() {}

    /** @throws SourceException where Kafka's consumer does not take them */
    static void check(String source, KafkaSourceSettings settings) {
        try {
            new ConsumerConfig(ClientConfig.consumer(source, settings));
            CLASS_LISTS.forEach((name, type) ->
                    checkClasses(name, type, settings.properties().get(name)));
        } catch (ConfigException e) {
            throw new SourceException(
                    "source " + source + ": Kafka's consumer does not accept sources." + source + ".properties: "
                            + settings.hideSecrets(e.getMessage()) + "; fix that property",
                    null); // the cause would show with its message
        }
    }

    private static void checkClasses(String name, Class<?> type, PropertyValue value) {
        if (value == null) {
            return;
        }
        for (String className : value.value().split(",", -1)) {
            String stripped = className.strip();
            try {
                // Not initialized: that is the consumer's to do.
                Class<?> found = stripped.isEmpty()
                        ? type
                        : Class.forName(stripped, false, Utils.getContextOrKafkaClassLoader());
                if (!type.isAssignableFrom(found)) {
                    throw new ConfigException(name, value.value(), stripped + " is not a " + type.getSimpleName());
                }
            } catch (ClassNotFoundException e) {
                throw new ConfigException(name, value.value(), "there is no class " + stripped);
            }
        }
    }

    /** Those that Kafka does not know and that look like a slip, a line each. */
    static List<String> slips(String source, KafkaSourceSettings settings) {
        List<String> slips = new ArrayList<>();
        unknown(settings).forEach(name -> nearest(name, SLIP_LETTERS_MAX)
                .ifPresent(near -> slips.add(line(source, name) + "; write " + near)));
        return slips;
    }

    /** All that Kafka does not know, a line each, with the nearest name that it knows. */
    static List<String> unknown(String source, KafkaSourceSettings settings) {
        return unknown(settings).stream()
                .map(name -> line(source, name)
                        + nearest(name, name.length() / 2)
                                .map(near -> "; the nearest that it knows is " + near)
                                .orElse(""))
                .toList();
    }

    private static String line(String source, String name) {
        return "source " + source + ": Kafka's consumer has no property " + name + ", set in sources." + source
                + ".properties";
    }

    private static Set<String> unknown(KafkaSourceSettings settings) {
        Set<String> unknown = new TreeSet<>(settings.properties().keySet());
        unknown.removeAll(known());
        return unknown;
    }

    private static Set<String> known() {
        Set<String> known = new HashSet<>(ConsumerConfig.configNames());
        known.addAll(AdminClientConfig.configNames());
        return known;
    }

    private static Optional<String> nearest(String name, int lettersMax) {
        int fewest = lettersMax + 1;
        String nearest = null;
        for (String known : new TreeSet<>(known())) {
            int letters = letters(name, known);
            if (letters < fewest) {
                fewest = letters;
                nearest = known;
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** How many letters must be added, dropped or changed to make one of the other (V. I. Levenshtein, 1966). */
    static int letters(String one, String other) {
        int[] before = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] now = new int[other.length() + 1];
            now[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = before[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(changed, 1 + Math.min(now[j - 1], before[j]));
            }
            before = now;
        }
        return before[other.length()];
    }
}
