package io.decant.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the settings of HDFS sinks must be to each other, and to the disk of this machine. */
final class HdfsSinkRules {

    private HdfsSinkRules() {}

    /** @param path the sink's dotted key */
    static List<Consistency.Conflict> conflicts(String path, HdfsSinkSettings sink) {
        if (!sink.isLocal()
                && sink.uri().getRawAuthority() == null
                && sink.hadoopConf().isEmpty()) {
            return List.of(new Consistency.Conflict(
                    Map.of(path + ".uri", sink.uri().toString()),
                    "names no namenode",
                    "write hdfs://host:port/..., or set hadoop-conf, which may name one"));
        }
        if (!sink.isLocal() && sink.mustBeMountpoint()) {
            Map<String, String> values = new LinkedHashMap<>();
            values.put(path + ".must-be-mountpoint", "true");
            values.put(path + ".uri", sink.uri().toString());
            return List.of(new Consistency.Conflict(
                    values, "does not fit: HDFS is not mounted", "remove it, or write file:///... as uri"));
        }
        return List.of();
    }

    /** A batch has one place: two sinks would find each other's and take it for their own. */
    static List<Consistency.Conflict> shared(Map<String, SinkSettings> sinks) {
        List<Consistency.Conflict> conflicts = new ArrayList<>();
        Map<String, String> keys = new LinkedHashMap<>();
        sinks.forEach((name, sink) -> {
            if (sink instanceof HdfsSinkSettings hdfs) {
                String key = "sinks." + name + ".uri";
                String uri = hdfs.uri().toString();
                String other = keys.putIfAbsent(comparable(hdfs), key);
                if (other != null) {
                    Map<String, String> values = new LinkedHashMap<>();
                    values.put(key, uri);
                    values.put(other, uri);
                    conflicts.add(new Consistency.Conflict(
                            values, "is the place of " + other + " and of " + key, "give each its own"));
                }
            }
        });
        return conflicts;
    }

    private static String comparable(HdfsSinkSettings sink) {
        String path = sink.uri().normalize().getPath().replaceFirst("/+$", "");
        return sink.isLocal() ? path : sink.uri().getRawAuthority() + path;
    }

    /**
     * @param path the sink's dotted key
     * @param sink with absolute paths
     */
    static List<Consistency.Conflict> folders(String path, HdfsSinkSettings sink) {
        List<Consistency.Conflict> problems = new ArrayList<>();
        sink.hadoopConf().ifPresent(folder -> {
            if (!hasConfiguration(folder)) {
                problems.add(new Consistency.Conflict(
                        Map.of(path + ".hadoop-conf", folder.toString()),
                        "holds neither core-site.xml nor hdfs-site.xml",
                        "name the folder of the cluster's configuration"));
            }
        });
        return problems;
    }

    private static boolean hasConfiguration(Path folder) {
        return Files.isReadable(folder.resolve("core-site.xml")) || Files.isReadable(folder.resolve("hdfs-site.xml"));
    }
}
