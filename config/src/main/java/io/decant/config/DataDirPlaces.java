package io.decant.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a server makes in its data directory. No setting may lead there: what lies there is private, or is removed.
 * Stateless.
 */
public final class DataDirPlaces {

    /** Where Spark keeps what it writes for itself. */
    public static final String SPARK_SCRATCH = "spark-scratch";

    /** The jars of users' jobs, as they were used. */
    public static final String JARS = "jars";
    /** What belongs to the driver process of each sink that runs such jobs. */
    public static final String JOBS = "jobs";

    private static final String STAGING = "staging";

    /** Of the directories and files in {@code data-dir} that are Decant's own. */
    public static final Set<String> NAMES = Set.of(
            "lock",
            "admin.address",
            "admin.token",
            "attempts",
            "staging.places",
            "journal",
            "repaired",
            "salvage",
            "dlq",
            SPARK_SCRATCH,
            JARS,
            JOBS,
            STAGING);

    private DataDirPlaces() {}

    /**
     * Settings that lead to one of these places. A file sink elsewhere in the data directory is no conflict.
     *
     * @param dataDir absolute
     * @param offload whose paths are absolute
     * @param usesSpark whether anything is staged there
     */
    static List<Conflict> conflicts(
            Path dataDir, Map<String, SinkSettings> sinks, OffloadSettings offload, boolean usesSpark) {
        List<Conflict> conflicts = new ArrayList<>();
        sinks.forEach(
                (name, sink) -> sink.directory().filter(SinkDirectory::isLocal).ifPresent(directory -> {
                    String place = within(dataDir, directory.uri());
                    if (NAMES.contains(place)) {
                        String key = Input.join(Input.join(Settings.SINKS.key(), name), directory.key());
                        conflicts.add(conflict(key, directory.uri().toString(), dataDir, place, "what was delivered"));
                    }
                }));
        // With YARN any staging in data-dir is a conflict, and told as such.
        if (usesSpark && offload.isStagingPrivate()) {
            String place = within(dataDir, offload.stagingUri());
            if (NAMES.contains(place) && !place.equals(STAGING)) {
                conflicts.add(
                        conflict(Settings.OFFLOAD + ".staging", offload.staging(), dataDir, place, "what was staged"));
            }
        }
        return conflicts;
    }

    private static Conflict conflict(String key, String value, Path dataDir, String place, String moved) {
        return Conflict.of(
                key,
                value,
                General.DATA_DIR.key(),
                dataDir,
                "lies in '" + place + "' of data-dir, which is Decant's own",
                "set it to a directory outside data-dir, and move " + moved + " there");
    }

    /**
     * Below which name in the data directory a place lies; empty where it lies elsewhere, or is the directory itself.
     */
    private static String within(Path dataDir, URI place) {
        Path path;
        try {
            path = Path.of(place);
        } catch (IllegalArgumentException e) {
            // No file can have that name, which the sink says itself.
            return "";
        }
        Path top = real(dataDir);
        Path real = real(path);
        return real.startsWith(top) ? top.relativize(real).getName(0).toString() : "";
    }

    /** Where links lead to, as far as the path exists. */
    private static Path real(Path path) {
        Path normal = path.toAbsolutePath().normalize();
        Path there = normal;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            return there.toRealPath().resolve(there.relativize(normal)).normalize();
        } catch (IOException e) {
            return normal;
        }
    }
}
