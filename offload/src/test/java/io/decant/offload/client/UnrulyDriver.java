package io.decant.offload.client;

import io.decant.offload.protocol.AnswerFormat;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.RequestFormat;
import io.decant.offload.protocol.SparkReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;

/** A process that speaks like a driver, until it is told by the name of a job to misbehave. */
final class UnrulyDriver {

    private UnrulyDriver() {}

    private static String scratch;

    /**
     * @param args a file that gets a line whenever one starts, how it starts, and its folder for what it writes for
     * itself
     */
    public static void main(String[] args) throws IOException {
        scratch = args[2];
        Files.writeString(
                Path.of(args[0]),
                ProcessHandle.current().pid() + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            DriverRequest request = RequestFormat.parse(line);
            if (request instanceof DriverRequest.Start) {
                start(args[1]);
            } else if (request instanceof DriverRequest.Ping ping) {
                say(new DriverAnswer.Pong(ping.id()));
            } else if (request instanceof DriverRequest.Job job) {
                work(job);
            } else if (request instanceof DriverRequest.Stop) {
                return;
            }
        }
    }

    private static void start(String how) {
        if (how.equals("no-yarn")) {
            say(new DriverAnswer.Failed(DriverAnswer.NO_JOB, "the resource manager does not answer", false));
        } else {
            say(new DriverAnswer.Ready("app-" + ProcessHandle.current().pid()));
        }
    }

    private static void work(DriverRequest.Job job) throws IOException {
        switch (job.id()) {
            case "hang" -> hang();
            case "die" -> {
                System.err.println("java.lang.OutOfMemoryError: Java heap space");
                Runtime.getRuntime().halt(3);
            }
            case "trace" -> {
                new IllegalStateException("no room", new IOException("disk full")).printStackTrace();
                Runtime.getRuntime().halt(3);
            }
            case "block" ->
                Files.writeString(
                        Files.createDirectories(Path.of(scratch, "blockmgr-1")).resolve("rdd"), "x");
            case "environment" ->
                say(new DriverAnswer.Done(
                        job.id(),
                        String.join(" ", new TreeSet<>(System.getenv().keySet())),
                        0,
                        0,
                        0,
                        0,
                        SparkReport.EMPTY));
            case "rubbish" -> {
                System.out.println("WARN something that a library prints");
                System.out.flush();
            }
            case "endless" -> {
                for (int i = 0; i < 2 << 20; i++) {
                    System.out.write('x');
                }
                System.out.flush();
                hang();
            }
            case "mute" -> {
                System.out.close();
                hang();
            }
            case "fail" -> say(new DriverAnswer.Failed("fail", "executor lost", false));
            case "torn" -> say(new DriverAnswer.Failed("torn", "blocks-00000 is not what was written", true));
            case "slow" -> say(new DriverAnswer.Progress("slow", 1, 2, 12, 3, 1000));
            case "waits" -> say(new DriverAnswer.Waiting("waits", "queue q is full"));
            case "began" -> say(new DriverAnswer.Began("waits", "3 tasks"));
            default -> say(new DriverAnswer.Done(job.id(), job.staged() + "/out", 2, 3, 0, 4, SparkReport.EMPTY));
        }
    }

    @SuppressWarnings("InfiniteLoopStatement") // It is ended from outside.
    private static void hang() {
        while (true) {
            LockSupport.park();
        }
    }

    private static void say(DriverAnswer answer) {
        System.out.println(AnswerFormat.line(answer));
        System.out.flush();
    }
}
