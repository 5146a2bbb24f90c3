package io.decant.loadtest.server;

import io.decant.ingest.server.AdminAddress;
import io.decant.loadtest.load.LoadException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * {@code decant run} as its user runs it: the distribution's launcher, with its own flags, in a process. Its folder
 * holds {@code decant.yaml}, {@code data}, its log and that of its collector. Owned by one thread.
 */
public final class ServerUnderTest implements AutoCloseable {

    private static final long START_NANOS_MAX = TimeUnit.MINUTES.toNanos(2);
    private static final long DRAIN_SECONDS_MAX = 600;
    private static final long KILL_SECONDS_MAX = 60;
    private static final long LOOK_NANOS = 2_000_000;
    private static final int LOG_TAIL_LINES = 5;
    private static final Pattern LISTENS =
            Pattern.compile("source " + Pattern.quote(ServerSettings.SOURCE) + " listens on ([^,\\s]+),");
    private static final String JAVA_OPTS = "JAVA_OPTS";

    private final Path folder;
    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final long startNanos;
    private final InetSocketAddress source;
    private final double startSeconds;

    private ServerUnderTest(Path folder, Process process, long startNanos) throws IOException {
        this.folder = folder;
        this.process = process;
        this.startNanos = startNanos;
        URI address = URI.create("tcp://" + awaitSourceAddress());
        this.source = new InetSocketAddress(address.getHost(), address.getPort());
        this.startSeconds = (System.nanoTime() - startNanos) / 1e9;
    }

    /**
     * Starts a server and waits until it says where its source listens.
     *
     * @param home of the distribution
     * @param folder created if it does not exist; an existing journal is continued
     * @throws LoadException when it does not come up
     */
    public static ServerUnderTest start(Path home, Path folder, ServerSettings settings) {
        return start(home, folder, settings, "");
    }

    /** @param jvmOptions of the server's JVM, behind those of the launcher, which they override */
    public static ServerUnderTest start(Path home, Path folder, ServerSettings settings, String jvmOptions) {
        try {
            Files.createDirectories(folder);
            Path yaml = Files.writeString(folder.resolve("decant.yaml"), ServerSettings.YAML);
            // A server that was killed has left it.
            Files.deleteIfExists(adminFile(folder));
            List<String> command =
                    new ArrayList<>(List.of(home.resolve("bin/decant").toString(), "run", "-c", yaml.toString()));
            command.addAll(settings.arguments());
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectOutput(folder.resolve("server.log").toFile())
                    .redirectErrorStream(true);
            String options = builder.environment().getOrDefault(JAVA_OPTS, "") + ' ' + jvmOptions;
            builder.environment().put(JAVA_OPTS, options + " -Xlog:gc:file=" + gcLog(folder) + "::filecount=0");
            long startNanos = System.nanoTime();
            Process process = builder.start();
            try {
                return new ServerUnderTest(folder, process, startNanos);
            } catch (IOException | LoadException e) {
                process.destroyForcibly();
                throw e;
            }
        } catch (IOException e) {
            throw new LoadException("the server did not start: " + e, e);
        }
    }

    private static Path gcLog(Path folder) {
        return folder.resolve("gc.log");
    }

    private static Path data(Path folder) {
        return folder.resolve("data");
    }

    private static Path adminFile(Path folder) {
        return data(folder).resolve("admin.address");
    }

    /** From its log: to ask the admin port again and again would take time from the start that is measured. */
    private String awaitSourceAddress() throws IOException {
        Matcher listens = LISTENS.matcher("");
        while (!listens.find()) {
            if (!process.isAlive() || System.nanoTime() - startNanos > START_NANOS_MAX) {
                throw new LoadException("the server did not come up: " + logTail());
            }
            LockSupport.parkNanos(LOOK_NANOS);
            listens.reset(Files.readString(folder.resolve("server.log")));
        }
        return listens.group(1);
    }

    private Status status() throws IOException, InterruptedException {
        String address = AdminAddress.read(data(folder)).orElseThrow(() -> new IOException("the server has exited"));
        return Status.of(client, address);
    }

    private String logTail() throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("server.log"));
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size()));
    }

    /** Where its source listens. */
    public InetSocketAddress source() {
        return source;
    }

    /** From the start of the process until it told where its source listens. */
    public double startSeconds() {
        return startSeconds;
    }

    /** Records acknowledged, as {@code /status} has it. */
    public long acknowledged() {
        return number("/sources/" + ServerSettings.SOURCE + "/records");
    }

    /** A number of {@code /status}. */
    public long number(String pointer) {
        try {
            return status().number(pointer);
        } catch (IOException e) {
            throw new LoadException("the server's /status: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadException("interrupted at /status", e);
        }
    }

    /** What the process has used; empty where the system does not tell. */
    public Optional<ProcessUsage> usage() {
        return ProcessUsage.of(process.pid());
    }

    /** The most memory the process has had so far, the mapped journal included; NaN where the system does not tell. */
    public double peakResidentBytes() {
        OptionalLong peak = ProcessUsage.peakResidentBytes(process.pid());
        return peak.isPresent() ? peak.getAsLong() : Double.NaN;
    }

    /** Seconds of CPU time of its threads whose name begins so; NaN where the system does not tell. */
    public double threadCpuSeconds(String name) {
        return ThreadUsage.cpuSeconds(process.pid(), name);
    }

    /** Where its admin port listens, as {@code host:port}. */
    public String admin() {
        try {
            return AdminAddress.read(data(folder)).orElseThrow(() -> new LoadException("the server has exited"));
        } catch (IOException e) {
            throw new LoadException("the server's admin address: " + e, e);
        }
    }

    /** What its collector did. */
    public GcLog gc() {
        try {
            return GcLog.read(gcLog(folder));
        } catch (IOException e) {
            throw new LoadException("the log of the server's collector: " + e, e);
        }
    }

    /** Bytes of the journal's files. */
    public long journalBytes() {
        return bytes(data(folder).resolve("journal"));
    }

    private static long bytes(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(Path::toFile)
                    .mapToLong(file -> file.isFile() ? file.length() : 0)
                    .sum();
        } catch (UncheckedIOException e) {
            // A segment was removed meanwhile; the next look sees it all.
            return bytes(root);
        } catch (IOException e) {
            throw new LoadException("the journal's folder: " + e, e);
        }
    }

    /**
     * Asks it to end, and waits until it has delivered everything and has.
     *
     * @throws LoadException when it did not end well
     */
    public void drain() {
        process.destroy();
        awaitEnd(DRAIN_SECONDS_MAX);
        if (process.exitValue() != 0) {
            throw new LoadException("the server ended with " + process.exitValue() + ", see its log");
        }
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroyForcibly();
            awaitEnd(KILL_SECONDS_MAX);
        }
    }

    private void awaitEnd(long seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new LoadException("the server did not end within " + seconds + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadException("interrupted while the server ended", e);
        }
    }

    /**
     * What a JVM's log of its collector ({@code -Xlog:gc}) says.
     *
     * @param fullCollections how many pauses were for the whole heap
     * @param heapBytes what the heap held after the last collection, 0 before the first
     */
    public record GcLog(long fullCollections, long heapBytes) {

        private static final Pattern PAUSE = Pattern.compile("Pause (\\w+).* (\\d+)M->(\\d+)M\\((\\d+)M\\)");
        private static final String FULL = "Full";

        public static GcLog read(Path file) throws IOException {
            return of(Files.readAllLines(file));
        }

        static GcLog of(List<String> lines) {
            long full = 0;
            long heap = 0;
            for (String line : lines) {
                Matcher pause = PAUSE.matcher(line);
                if (pause.find()) {
                    full += pause.group(1).equals(FULL) ? 1 : 0;
                    heap = Long.parseLong(pause.group(3)) << 20;
                }
            }
            return new GcLog(full, heap);
        }
    }
}
