package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import io.decant.ingest.source.kafka.Cluster.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.KafkaException;

/** Tries once whether a cluster answers, and has what a source is to read. Reads no record. */
final class ClusterProbe {

    private static final String WAITS = "; the server would start and keep trying";

    private ClusterProbe() {}

    /** What keeps the source from reading, a line each; waits for the cluster, but not for long. */
    static List<String> problems(String source, KafkaSourceSettings settings) {
        try (Cluster cluster = new KafkaCluster(source, settings)) {
            return problems(source, settings, cluster);
        } catch (KafkaException e) {
            return List.of("source " + source + ": " + KafkaErrors.describe(e, settings) + WAITS);
        }
    }

    private static List<String> problems(String source, KafkaSourceSettings settings, Cluster cluster) {
        try {
            Map<String, Topic> known = cluster.look(settings.topics()).join();
            List<String> problems = new ArrayList<>();
            for (String topic : settings.topics()) {
                Topic there = known.get(topic);
                if (there == null) {
                    problems.add("source " + source + ": topic " + topic + " does not exist at " + settings.servers()
                            + WAITS);
                } else if (there.isRefused()) {
                    problems.add("source " + source + ": not permitted to read topic " + topic + " at "
                            + settings.servers() + ": DESCRIBE and READ are needed" + WAITS);
                } else {
                    addPartitions(source, settings, topic, there, problems);
                }
            }
            return problems;
        } catch (KafkaException | CompletionException e) {
            return List.of("source " + source + ": " + KafkaErrors.describe(e, settings, cluster) + WAITS);
        }
    }

    private static void addPartitions(
            String source, KafkaSourceSettings settings, String topic, Topic there, List<String> problems) {
        String missing = settings.partitions().stream()
                .filter(partition -> partition >= there.partitions())
                .map(String::valueOf)
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            problems.add("source " + source + ": topic " + topic + " has " + there.partitions()
                    + " partitions, from 0, and not " + missing + WAITS);
        }
        String leaderless = IntStream.range(0, there.partitions())
                .filter(partition ->
                        settings.partitions().isEmpty() || settings.partitions().contains(partition))
                .filter(partition -> !there.hasLeader(partition))
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(", "));
        if (!leaderless.isEmpty()) {
            problems.add(
                    "source " + source + ": topic " + topic + " has no leader for partition " + leaderless + WAITS);
        }
    }
}
