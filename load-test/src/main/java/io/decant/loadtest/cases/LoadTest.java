package io.decant.loadtest.cases;

import io.decant.loadtest.limit.Limit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What all cases share.
 *
 * @param home of the distribution whose server is tested
 * @param folder for data, with room; temporary
 * @param limit what to compare with
 * @param rounds of each, in turn
 * @param seconds of a round; empty: as the case has it
 * @param seed of the records
 * @param progress told what is being done, a line at a time
 */
public record LoadTest(
        Path home, Path folder, Limit limit, int rounds, OptionalInt seconds, long seed, Consumer<String> progress) {

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

    void progress(String what) {
        progress.accept(what);
    }
}
