package io.decant.ingest.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code decant bucket}, as far as this class path goes: its place in the help. {@code bin/decant} starts the command
 * itself in a JVM with Spark's class path.
 */
@Command(
        name = "bucket",
        description = {
            "Splits files of lines into buckets, on Spark: 'decant bucket INPUT OUTPUT [--key KEY] [--master MASTER]'."
        })
final class BucketCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        throw new CliException(
                ExitStatus.FAILED,
                "bucket runs with Spark's class path, not with the server's: start it with bin/decant",
                null);
    }
}
