package io.decant.offload.staging;

import java.io.Serializable;
import java.util.Locale;

/**
 * A run of the job's output.
 *
 * @param name within the output's directory
 * @param bytes the file's length
 * @param records in it
 */
public record RunFile(String name, long bytes, long records) implements Serializable {

    /** Where in the job's output the runs lie. */
    public static final String DIRECTORY = "runs";
    /** What the name of a run's index has behind the run's own. */
    public static final String INDEX_SUFFIX = ".index";

    /** The file name of the run of a block file, by that one's number. */
    public static String runName(int segment) {
        return String.format(Locale.ROOT, "run-%05d", segment);
    }

    /** The file name of the run of a block file's records that are in no bucket. */
    public static String keylessName(int segment) {
        return String.format(Locale.ROOT, "keyless-%05d", segment);
    }

    /** The file name of the run of a block file's records that could not be transformed. */
    public static String failedName(int segment) {
        return String.format(Locale.ROOT, "failed-%05d", segment);
    }

    /** The run's index, within the output's directory. */
    public String indexName() {
        return name + INDEX_SUFFIX;
    }
}
