package io.decant.spark;

import io.decant.offload.console.CheckedOutput;
import io.decant.spark.command.SparkCli;
import io.decant.spark.filejob.JobCommand;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Entry of {@code decant job}, which {@code bin/decant} starts with Spark's class path. */
public final class JobMain {

    private static final String COMMAND = "job";

    private JobMain() {}

    /** Runs the command and ends the process with its status. */
    public static void main(String[] args) {
        PrintWriter out = CheckedOutput.standard();
        PrintWriter err = new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        // Options that every command has may stand before its name.
        List<String> own = new ArrayList<>(List.of(args));
        own.remove(COMMAND);
        System.exit(new SparkCli(out, err, new JobCommand(out, err, SparkJars.folder(), System.getenv()))
                .execute(own.toArray(new String[0])));
    }
}
