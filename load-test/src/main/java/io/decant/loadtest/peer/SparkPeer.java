package io.decant.loadtest.peer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.server.PeerProcess;
import io.decant.loadtest.server.ProcessUsage;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Spark DStreams: lines from a socket, with a write-ahead log, batches of 1 s, buckets by {@code reduceByKey}, POSTed
 * to a receiver that counts the lines. The program is compiled first ({@code SparkBuckets.txt}).
 */
public final class SparkPeer implements MeasuredPeer {

    /** What Spark wants of a JVM. */
    private static final List<String> OPENS = List.of(
            "java.lang",
            "java.lang.invoke",
            "java.lang.reflect",
            "java.io",
            "java.net",
            "java.nio",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "sun.nio.ch",
            "sun.nio.cs",
            "sun.security.action",
            "sun.util.calendar");

    private static final String PROGRAM = "SparkBuckets";
    private static final long COMPILE_SECONDS_MAX = 120;
    private static final int READ_BYTES = 64 << 10;

    private final ServerSocketChannel listener;
    private final HttpServer receiver;
    private final ExecutorService answers = Executors.newCachedThreadPool();
    private final AtomicLong delivered = new AtomicLong();
    private final RecordPool pool;
    private final PeerProcess process;
    private final Sender sender;
    private SocketChannel socket;

    /** @param jars folders with the class path of a Spark that has Spark Streaming */
    public SparkPeer(List<Path> jars, Path folder, RecordPool pool) throws IOException {
        this.pool = pool;
        pool.rewind();
        Files.createDirectories(folder);
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", this::count);
        receiver.setExecutor(answers);
        receiver.start();
        process = PeerProcess.start("Spark", command(jars, folder), folder.resolve("spark.log"));
        sender = new Sender("spark-load", this::turn);
    }

    /** The class path of a distribution's Spark with Spark Streaming; empty where there is none. */
    public static Optional<List<Path>> jars(Path home) {
        List<Path> folders = List.of(home.resolve("lib/spark"), home.resolve("lib/spark-streaming"));
        return folders.stream().allMatch(Files::isDirectory) ? Optional.of(folders) : Optional.empty();
    }

    private List<String> command(List<Path> jars, Path folder) throws IOException {
        String classPath = String.join(":", jars.stream().map(jar -> jar + "/*").toList());
        List<String> command = new ArrayList<>(List.of(program("java"), "-Xmx4g"));
        OPENS.forEach(name -> command.add("--add-opens=java.base/" + name + "=ALL-UNNAMED"));
        command.addAll(List.of(
                "-cp",
                compile(classPath, folder) + ":" + classPath,
                PROGRAM,
                Integer.toString(listener.socket().getLocalPort()),
                "http://127.0.0.1:" + receiver.getAddress().getPort() + "/buckets",
                folder.resolve("checkpoint").toString()));
        return command;
    }

    /** The folder with the classes. Run from its source, the program could not hand its lambdas to Spark's tasks. */
    private static Path compile(String classPath, Path folder) throws IOException {
        Path source = folder.resolve(PROGRAM + ".java");
        try (InputStream in = SparkPeer.class.getResourceAsStream(PROGRAM + ".txt")) {
            Files.copy(in, source, StandardCopyOption.REPLACE_EXISTING);
        }
        Path log = folder.resolve("javac.log");
        Process compiler = new ProcessBuilder(
                        program("javac"), "-cp", classPath, "-d", folder.toString(), source.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!compiler.waitFor(COMPILE_SECONDS_MAX, TimeUnit.SECONDS) || compiler.exitValue() != 0) {
                throw new LoadException("the program for Spark was not compiled: " + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadException("interrupted while the program for Spark was compiled", e);
        } finally {
            compiler.destroyForcibly();
        }
        return folder;
    }

    private static String program(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private void count(HttpExchange exchange) throws IOException {
        byte[] buffer = new byte[READ_BYTES];
        long lines = 0;
        try (InputStream in = exchange.getRequestBody()) {
            for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    lines += buffer[i] == '\n' ? 1 : 0;
                }
            }
        }
        delivered.addAndGet(lines);
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    /** Spark connects when it has started. */
    private Object turn() throws IOException {
        if (socket == null) {
            socket = listener.accept();
        }
        ByteBuffer chunk = pool.take();
        while (chunk.hasRemaining()) {
            socket.write(chunk);
        }
        return chunk;
    }

    @Override
    public long records() {
        return delivered.get();
    }

    @Override
    public void requireRunning() {
        process.requireRunning();
        sender.requireRunning();
    }

    @Override
    public Optional<ProcessUsage> usage() {
        return process.usage();
    }

    @Override
    public void close() throws IOException {
        sender.close();
        process.close();
        listener.close();
        receiver.stop(0);
        answers.shutdown();
    }
}
