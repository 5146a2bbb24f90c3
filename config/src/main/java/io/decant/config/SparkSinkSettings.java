package io.decant.config;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A sink of {@code type: spark}: a Spark job of the user's own, run once for each batch. Where Spark runs, the section
 * {@code offload} says.
 *
 * @param className of the job, a {@code io.decant.job.BatchJob}
 * @param jars that the class and what it uses are in; empty: it is one that Decant ships
 * @param uri of the directory below which batches appear, with scheme {@code hdfs} or {@code file}
 * @param settings handed to the job
 * @param timeout of one attempt
 */
public record SparkSinkSettings(
        String className, List<Path> jars, URI uri, Map<String, PropertyValue> settings, Duration timeout)
        implements SinkSettings {

    /** What stands under {@code type}. */
    public static final String TYPE = "spark";

    /** What a cut records of class, jars and settings: the bound of what a sink may add to a cut. */
    static final int RECORDED_BYTES_MAX = 32 << 10;

    /** Names, quotation marks, and what stands around them. */
    private static final int RECORDED_BYTES_BASE = 256;
    /** A jar's hash, and what stands around hash and name. */
    private static final int RECORDED_BYTES_PER_JAR = 128;

    private static final int RECORDED_BYTES_PER_SETTING = 8;

    private static final Pattern CLASS_FORM =
            Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*");
    private static final Pattern NAME = Pattern.compile("\\S{1,256}");

    private static final SectionKeys<SparkSinkSettings> KEYS = SectionKeys.of(SparkSinkSettings.class);

    static final Setting<SparkSinkSettings, String> CLASS = KEYS.required(
            "class",
            Types.text(
                    "the name of a class",
                    CLASS_FORM,
                    () -> new InvalidValue(
                            "is no name of a class", "write it with its package, e.g. com.example.MyJob")),
            "The job: a public class that implements `io.decant.job.BatchJob`. Of a nested class, write `Outer$Nested`."
                    + " Of the jobs that come with Decant, the simple name: `WordCount`, `TopKeys`.");

    static final Setting<SparkSinkSettings, List<Path>> JARS = KEYS.optional(
            new ListType<>(Types.PATH, "a list of paths", "", true),
            List.of(),
            "The jars with the class and what it uses; relative to the file. A jar that is replaced is used from the"
                    + " next attempt on. `[]`: the class is one that comes with Decant.");

    static final Setting<SparkSinkSettings, URI> URI = KEYS.required(
            FilesystemUriType.HDFS_OR_FILE,
            "The directory below which the output of batches appears, e.g. `hdfs://namenode:8020/jobs` or"
                    + " `file:///srv/jobs`. Each sink has its own. HDFS is found by `offload.hadoop-conf`.");

    static final Setting<SparkSinkSettings, Map<String, PropertyValue>> SETTINGS = KEYS.optional(
            new PropertiesType("names and texts", SparkSinkSettings::checkName),
            Map.of(),
            "What the job gets by `batch.settings()`. What looks like a secret, or came from the environment, never"
                    + " shows.");

    static final Setting<SparkSinkSettings, Duration> TIMEOUT = KEYS.optional(
            Types.duration("1s", "7d"),
            Duration.ofHours(1),
            "How long one attempt may take before it is ended and tried again.");

    static final Section<SparkSinkSettings> SECTION = KEYS.section();

    static final ComponentType<SparkSinkSettings> COMPONENT_TYPE = new ComponentType<>(TYPE, "jobs.md", SECTION);

    /** @throws IllegalArgumentException if a value is out of its range */
    public SparkSinkSettings {
        jars = List.copyOf(jars);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        CLASS.check(className);
        JARS.check(jars);
        URI.check(uri);
        SETTINGS.check(settings);
        TIMEOUT.check(timeout);
    }

    private static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new InvalidValue("is no name of a setting", "write 1 to 256 characters without blanks");
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    /** Whether its output lies on a disk of this machine; otherwise it is on HDFS. */
    public boolean isLocal() {
        return FilesystemUriType.isFile(uri);
    }

    @Override
    public boolean usesOffload() {
        return true;
    }

    @Override
    public List<Conflict> conflicts(String path) {
        long bytes = recordedBytes();
        if (bytes <= RECORDED_BYTES_MAX) {
            return List.of();
        }
        return List.of(new Conflict(
                Map.of(path + ".settings", settings.size() + " settings"),
                "and the names of the jars take " + bytes + " bytes, and the journal records at most "
                        + RECORDED_BYTES_MAX,
                "put them into a file, and name that file in the settings"));
    }

    private long recordedBytes() {
        long bytes = RECORDED_BYTES_BASE + jsonBytes(className);
        for (Path jar : jars) {
            bytes += RECORDED_BYTES_PER_JAR + jsonBytes(String.valueOf(jar.getFileName()));
        }
        for (Map.Entry<String, PropertyValue> setting : settings.entrySet()) {
            bytes += RECORDED_BYTES_PER_SETTING
                    + jsonBytes(setting.getKey())
                    + jsonBytes(setting.getValue().toString());
        }
        return bytes;
    }

    /** How long a text becomes in JSON, without quotation marks: control characters take six bytes. */
    private static long jsonBytes(String text) {
        long escapes = text.chars()
                .map(each -> each < ' ' ? 5 : each == '"' || each == '\\' ? 1 : 0)
                .sum();
        return text.getBytes(StandardCharsets.UTF_8).length + escapes;
    }

    @Override
    public List<Conflict> fileConflicts(String path) {
        List<Conflict> problems = new ArrayList<>();
        for (Path jar : jars) {
            if (!Files.isRegularFile(jar) || !Files.isReadable(jar)) {
                problems.add(new Conflict(
                        Map.of(path + ".jars", jar.toString()),
                        "is no file that can be read",
                        "build the jar, or correct its path"));
            }
        }
        return problems;
    }

    @Override
    public List<Conflict> offloadConflicts(String path, OffloadSettings offload) {
        if (!isLocal() && uri.getRawAuthority() == null && offload.hadoopConf().isEmpty()) {
            return List.of(new Conflict(
                    Map.of(path + ".uri", uri.toString()),
                    "names no namenode",
                    "write hdfs://host:port/..., or set offload.hadoop-conf, which may name one"));
        }
        return List.of();
    }

    @Override
    public Optional<SinkDirectory> directory() {
        return Optional.of(new SinkDirectory(URI.key(), uri));
    }

    @Override
    public SparkSinkSettings relativeTo(Path folder) {
        return SECTION.with(
                this,
                JARS,
                jars.stream().map(jar -> folder.resolve(jar).normalize()).toList());
    }
}
