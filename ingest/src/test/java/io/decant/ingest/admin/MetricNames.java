package io.decant.ingest.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The names of metrics in Prometheus' text format, by the rules of {@code promtool check metrics}. */
public final class MetricNames {

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
    private static final Pattern HELP = Pattern.compile("# HELP (\\S+) (.*)");
    private static final Pattern LABEL = Pattern.compile("[{,]([^{,=\"]+)=\"");
    private static final Set<String> TYPES = Set.of("counter", "gauge", "histogram", "summary", "untyped");
    /** What is no base unit, and short names of those that are. */
    private static final Set<String> OTHER_UNITS =
            Set.of(("milliseconds microseconds nanoseconds minutes hours kilobytes megabytes gigabytes bits"
                            + " ms us ns sec s b kb mb gb")
                    .split(" "));

    /** By Micrometer, for dashboards made for it; they go by the names that are known. */
    private static final Set<String> OF_MICROMETER =
            Set.of("process_cpu_time_ns_total", "jvm_compilation_time_ms_total", "system_cpu_count");

    private MetricNames() {}

    /** Those that have a type. */
    public static Set<String> of(String metrics) {
        return types(metrics).keySet();
    }

    private static Map<String, String> types(String metrics) {
        Map<String, String> types = new TreeMap<>();
        metrics.lines()
                .map(TYPE::matcher)
                .filter(Matcher::matches)
                .forEach(line -> types.put(line.group(1), line.group(2)));
        return types;
    }

    /** What is wrong, in one line each. */
    public static List<String> complaints(String metrics) {
        Map<String, String> help = metrics.lines()
                .map(HELP::matcher)
                .filter(Matcher::matches)
                .collect(Collectors.toMap(line -> line.group(1), line -> line.group(2)));
        List<String> complaints = new ArrayList<>();
        types(metrics).forEach((name, type) -> complaint(name, type, help.getOrDefault(name, ""))
                .filter(text -> OF_MICROMETER.stream().noneMatch(name::endsWith))
                .ifPresent(text -> complaints.add(name + ": " + text)));
        metrics.lines()
                .filter(line -> !line.startsWith("#"))
                .flatMap(line -> LABEL.matcher(line).results().map(label -> label.group(1)))
                .filter(label -> !label.matches("[a-z][a-z0-9_]*"))
                .distinct()
                .forEach(label -> complaints.add("label " + label + ": not in snake_case"));
        return complaints;
    }

    private static Optional<String> complaint(String name, String type, String help) {
        List<String> words = List.of(name.split("_"));
        if (help.isBlank()) {
            return Optional.of("no help text");
        }
        if (!name.matches("[a-z][a-z0-9_]*")) {
            return Optional.of("not in snake_case");
        }
        if (name.endsWith("_total") != type.equals("counter")) {
            return Optional.of("counters, and they alone, end in _total");
        }
        if (!type.equals("histogram") && name.endsWith("_bucket")) {
            return Optional.of("only a histogram has _bucket");
        }
        if (type.equals("gauge") && (name.endsWith("_count") || name.endsWith("_sum"))) {
            return Optional.of("a gauge has neither _count nor _sum");
        }
        if (words.stream().anyMatch(TYPES::contains)) {
            return Optional.of("the type in the name");
        }
        return words.stream().anyMatch(OTHER_UNITS::contains) ? Optional.of("no base unit") : Optional.empty();
    }
}
