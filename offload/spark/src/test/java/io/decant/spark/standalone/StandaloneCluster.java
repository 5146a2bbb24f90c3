package io.decant.spark.standalone;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A master and two workers of Spark's own, each a process, on ports that the system chooses. Workers lend a core and
 * {@value #WORKER_MEGABYTES} MiB each. No process outlives this one: each ends with its standard input.
 */
public final class StandaloneCluster implements AutoCloseable {

    public static final int WORKERS = 2;
    public static final int WORKER_MEGABYTES = 1_300;

    private static final String HOST = "127.0.0.1";
    private static final Pattern ADDRESS = Pattern.compile("Starting Spark master at (spark://[0-9.:]+)");
    private static final int START_SECONDS_MAX = 120;

    private final Path folder;
    private final Path jars;
    private final List<String> more;
    private final List<Process> processes = new ArrayList<>();
    private final String master;

    /**
     * Starts it.
     *
     * @param folder empty, for logs and what workers write
     * @param jars of Spark
     * @param properties of Spark, for all three
     */
    public StandaloneCluster(Path folder, Path jars, Map<String, String> properties) throws IOException {
        this.folder = folder;
        this.jars = jars;
        this.more = properties.entrySet().stream()
                .map(each -> "-D" + each.getKey() + "=" + each.getValue())
                .toList();
        try {
            // As far as workers look at an installation of theirs: executors get what they need by name.
            Files.createDirectories(folder.resolve("home/jars"));
            start(
                    "master",
                    "org.apache.spark.deploy.master.Master",
                    "--host",
                    HOST,
                    "--port",
                    "0",
                    "--webui-port",
                    "0");
            master = await("master", ADDRESS);
            for (int worker = 0; worker < WORKERS; worker++) {
                start(
                        "worker-" + worker,
                        "org.apache.spark.deploy.worker.Worker",
                        "--host",
                        HOST,
                        "--port",
                        "0",
                        "--webui-port",
                        "0",
                        "--cores",
                        "1",
                        "--memory",
                        WORKER_MEGABYTES + "M",
                        "--work-dir",
                        folder.resolve("work-" + worker).toString(),
                        master);
            }
            for (int worker = 0; worker < WORKERS; worker++) {
                await("worker-" + worker, Pattern.compile("(Successfully registered with master)"));
            }
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** {@code spark://host:port}. */
    public String master() {
        return master;
    }

    private void start(String name, String mainClass, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                // Not that of tests, which is in the same folder as the classes and says less.
                "-Dlog4j2.configurationFile=classpath:log4j2.properties",
                "-Ddecant.spark.log.level=info"));
        words.addAll(List.of(System.getProperty("decant.spark.opens").split(" ")));
        words.addAll(more);
        words.addAll(List.of("-cp", ownClasses() + ":" + jars.resolve("*"), LeashedMain.class.getName(), mainClass));
        words.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(log(name).toFile()));
        builder.environment().put("SPARK_HOME", folder.resolve("home").toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", HOST);
        processes.add(builder.start());
    }

    private Path log(String name) {
        return folder.resolve(name + ".log");
    }

    private static Path ownClasses() {
        try {
            return Path.of(StandaloneCluster.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private String await(String name, Pattern said) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (System.nanoTime() < deadline && processes.stream().allMatch(Process::isAlive)) {
            Matcher found = said.matcher(Files.readString(log(name)));
            if (found.find()) {
                return found.group(1);
            }
            pause();
        }
        throw new IOException("the " + name + " does not start: " + Files.readString(log(name)));
    }

    private static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public void close() {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
