package io.decant.loadtest.cases;

import io.decant.loadtest.limit.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What all cases share.
 *
 * @param home of the distribution whose server is tested
 * @param earlier home of another build's distribution, whose server takes its turn in each round of the cases that
 *     compare two builds
 * @param lines file of lines to measure transforms with; empty: made ones
 * @param database URL of a database in which tables may be made; empty: there is none
 * @param sparkJars folder with the jars of a Spark that has Spark SQL, to compare with; empty: there is none
 * @param folder for data, with room; temporary
 * @param limit what to compare with
 * @param rounds of each, in turn
 * @param seconds of a round; empty: as the case has it
 * @param seed of the records
 * @param progress told what is being done, a line at a time
 */
public record LoadTest(
        Path home,
        Optional<Path> earlier,
        Optional<Path> lines,
        Optional<String> database,
        Optional<Path> sparkJars,
        Path folder,
        Limit limit,
        int rounds,
        OptionalInt seconds,
        long seed,
        Consumer<String> progress) {

    /** What the other build's figures are called. */
    static final String EARLIER = "the earlier build";

    /** No more than this part of what is free is ever written. */
    private static final int FREE_SHARE = 4;

    /** Seconds of a round. */
    int secondsOr(int byDefault) {
        return seconds.orElse(byDefault);
    }

    /** What may be written to the disk at a time, in bytes. */
    long diskBytesMax() throws IOException {
        return Files.getFileStore(folder).getUsableSpace() / FREE_SHARE;
    }

    /** A turn of one build in a round. */
    interface Turn {
        void take(Path home) throws IOException;
    }

    /**
     * Both builds' turns in a round, or only this one's. Who begins changes from round to round, so that what the first
     * leaves to the second (a cache, a disk that still writes) disturbs both alike.
     */
    void inTurn(int round, Turn ours, Turn theirs) throws IOException {
        boolean begins = round % 2 == 0;
        if (begins) {
            ours.take(home);
        }
        if (earlier.isPresent()) {
            theirs.take(earlier.get());
        }
        if (!begins) {
            ours.take(home);
        }
    }

    void progress(String what) {
        progress.accept(what);
    }
}
