package io.decant.loadtest.chaos;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * What the script hands over.
 *
 * @param distribution the present version's
 * @param earlier the unpacked archive of the version to begin with
 * @param brokerJars class path of the Kafka broker
 * @param diskScript {@code chaos-disk.sh}
 * @param disk what the disk under the server can do
 * @param harness of the power cuts; empty for none
 * @param hadoopJars class path of HDFS's daemons; empty for no HDFS
 * @param hasYarn whether large batches go to YARN; needs HDFS
 * @param clockLibrary {@code chaos-clock.c}, compiled
 * @param rate records a second of all sources together
 */
record ChaosOptions(
        long seed,
        long lengthMillis,
        Path work,
        Path distribution,
        Optional<Path> earlier,
        Path brokerJars,
        Path diskScript,
        ChaosDisk.Kind disk,
        String harness,
        String filesystem,
        int megabytes,
        Optional<Path> hadoopJars,
        boolean hasYarn,
        Optional<Path> clockLibrary,
        int rate) {

    /** @throws IllegalArgumentException where one is unknown or lacks its value */
    static ChaosOptions parse(String[] words) {
        ChaosOptions.Builder options = new Builder();
        for (int i = 0; i < words.length; i += 2) {
            if (i + 1 == words.length) {
                throw new IllegalArgumentException(words[i] + " needs a value");
            }
            options.set(words[i], words[i + 1]);
        }
        return options.build();
    }

    private static final class Builder {
        private long seed = System.nanoTime() & 0xFFFFFF;
        private long lengthMillis = TimeUnit.MINUTES.toMillis(6);
        private Path work = Path.of("chaos");
        private Path distribution = Path.of("");
        private Optional<Path> earlier = Optional.empty();
        private Path brokerJars = Path.of("");
        private Path diskScript = Path.of("");
        private ChaosDisk.Kind disk = ChaosDisk.Kind.FOLDER;
        private String harness = "";
        private String filesystem = "ext4";
        private int megabytes = 1_024;
        private Optional<Path> hadoopJars = Optional.empty();
        private boolean hasYarn;
        private Optional<Path> clockLibrary = Optional.empty();
        private int rate = 2_000;

        private void set(String name, String value) {
            switch (name) {
                case "--seed" -> seed = Long.parseLong(value);
                case "--hours" -> lengthMillis = Math.round(Double.parseDouble(value) * TimeUnit.HOURS.toMillis(1));
                case "--minutes" -> lengthMillis = Math.round(Double.parseDouble(value) * TimeUnit.MINUTES.toMillis(1));
                case "--work" -> work = Path.of(value);
                case "--distribution" -> distribution = Path.of(value);
                case "--earlier" -> earlier = Optional.of(Path.of(value));
                case "--broker" -> brokerJars = Path.of(value);
                case "--disk-script" -> diskScript = Path.of(value);
                case "--disk" -> disk = ChaosDisk.Kind.valueOf(value);
                case "--harness" -> harness = value;
                case "--fs" -> filesystem = value;
                case "--disk-mb" -> megabytes = Integer.parseInt(value);
                case "--hadoop" -> hadoopJars = Optional.of(Path.of(value));
                case "--yarn" -> hasYarn = Boolean.parseBoolean(value);
                case "--clock" -> clockLibrary = Optional.of(Path.of(value));
                case "--rate" -> rate = Integer.parseInt(value);
                default -> throw new IllegalArgumentException("unknown: " + name);
            }
        }

        private ChaosOptions build() {
            return new ChaosOptions(
                    seed,
                    lengthMillis,
                    work,
                    distribution,
                    earlier,
                    brokerJars,
                    diskScript,
                    disk,
                    harness,
                    filesystem,
                    megabytes,
                    hadoopJars,
                    hasYarn,
                    clockLibrary,
                    rate);
        }
    }
}
