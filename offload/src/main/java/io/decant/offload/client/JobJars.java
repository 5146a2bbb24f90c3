package io.decant.offload.client;

import io.decant.offload.files.PrivateFiles;
import io.decant.offload.protocol.JobJar;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jars of users' jobs. A jar counts once a whole copy of it is synced, in a file with its SHA-256 for a name: what
 * runs does not change while it runs. Whether a jar is another one is seen by size and time of modification, once a
 * second and before each attempt; a copy of it is made then, on another thread than that of the journal's writer.
 *
 * <p>Copies that are neither in use nor named by a batch that is not delivered are removed. Thread-safe.
 */
public final class JobJars implements AutoCloseable {

    private static final long LOOK_SECONDS = 1;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final String UNFINISHED = ".tmp";

    private static final Logger log = LoggerFactory.getLogger(JobJars.class);

    private final Path directory;
    private final Map<String, List<Path>> jarsOf;
    private final ScheduledExecutorService looking;
    /** By the path of the original. Guarded by this. */
    private final Map<Path, Copy> copies = new HashMap<>();

    /** By sink, the newest copies of its jars: those that are used from now on. Changed under the lock. */
    private final Map<String, List<JobJar>> current = new ConcurrentHashMap<>();
    /** Guarded by this. Sinks of which all batches that are not delivered name the newest copies. */
    private final Set<String> settled = new HashSet<>();

    private record Copy(long bytes, FileTime modified, JobJar jar) {}

    /**
     * Looks from now on.
     *
     * @param directory for the copies; need not be there
     * @param jarsOf by sink, paths of its jars
     */
    public JobJars(Path directory, Map<String, List<Path>> jarsOf) {
        this.directory = directory;
        this.jarsOf = Map.copyOf(jarsOf);
        this.looking = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "decant-job-jars");
            thread.setDaemon(true);
            return thread;
        });
        if (!jarsOf.isEmpty()) {
            var unused = looking.scheduleWithFixedDelay(this::look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
        }
    }

    private void look() {
        for (String sink : jarsOf.keySet()) {
            try {
                update(sink);
            } catch (IOException | RuntimeException e) {
                // The next attempt says so.
                log.debug("the jars of sink {} cannot be copied", sink, e);
            }
        }
    }

    /**
     * The jars of a sink as they are now.
     *
     * @throws IOException where one of them cannot be read, or is no jar, for example because it is being written
     */
    public synchronized List<JobJar> update(String sink) throws IOException {
        List<JobJar> jars = new ArrayList<>();
        for (Path jar : jarsOf.get(sink)) {
            jars.add(copyOf(jar));
        }
        if (!jars.equals(current.put(sink, jars))) {
            settled.remove(sink);
            log.info("sink {}: jars {}", sink, jars.stream().map(JobJars::shown).collect(Collectors.joining(", ")));
        }
        return jars;
    }

    private static String shown(JobJar jar) {
        return jar.name() + " " + jar.sha256();
    }

    /** The newest copies of a sink's jars; empty as long as nobody has looked. Waits for nothing. */
    public List<JobJar> current(String sink) {
        return current.getOrDefault(sink, List.of());
    }

    private JobJar copyOf(Path jar) throws IOException {
        BasicFileAttributes now = attributes(jar);
        Copy known = copies.get(jar);
        if (known != null
                && known.bytes() == now.size()
                && known.modified().equals(now.lastModifiedTime())
                && Files.exists(Path.of(known.jar().path()))) {
            return known.jar();
        }
        PrivateFiles.createDirectories(directory, directory);
        Path unfinished = directory.resolve(jar.getFileName() + UNFINISHED);
        try {
            String hash = copy(jar, unfinished);
            BasicFileAttributes after = attributes(jar);
            if (after.size() != now.size() || !after.lastModifiedTime().equals(now.lastModifiedTime())) {
                throw new IOException(jar + " is being written");
            }
            requireJar(unfinished, jar);
            Path whole = directory.resolve(hash);
            Files.move(unfinished, whole, StandardCopyOption.ATOMIC_MOVE);
            force(directory);
            JobJar made = new JobJar(jar.getFileName().toString(), hash, whole.toString());
            copies.put(jar, new Copy(now.size(), now.lastModifiedTime(), made));
            return made;
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static BasicFileAttributes attributes(Path jar) throws IOException {
        try {
            return Files.readAttributes(jar, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no " + jar, e);
        }
    }

    /** One that is cut short has no directory of its entries, which stands at the end. */
    private static void requireJar(Path copy, Path jar) throws IOException {
        try (ZipFile zip = new ZipFile(copy.toFile())) {
            log.debug("{} has {} entries", jar, zip.size());
        } catch (IOException e) {
            throw new IOException(jar + " is no jar, or not whole: " + e.getMessage(), e);
        }
    }

    private static String copy(Path from, Path to) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(from);
                FileChannel out = PrivateFiles.open(
                        to,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, read);
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            }
            out.force(true);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static void force(Path place) throws IOException {
        try (FileChannel channel = FileChannel.open(place, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * A sink begins with a batch that names these jars; batches after it name the same, or newer ones. Removes copies
     * that nobody needs any more.
     *
     * @param hashes SHA-256 of each
     */
    public synchronized void begins(String sink, Set<String> hashes) {
        Set<String> newest = current(sink).stream().map(JobJar::sha256).collect(Collectors.toSet());
        if (newest.equals(hashes) && current.containsKey(sink)) {
            settled.add(sink);
        }
        if (!settled.containsAll(jarsOf.keySet()) || !Files.isDirectory(directory)) {
            return;
        }
        Set<String> needed = current.values().stream()
                .flatMap(List::stream)
                .map(JobJar::sha256)
                .collect(Collectors.toSet());
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (!needed.contains(entry.getFileName().toString())) {
                    Files.deleteIfExists(entry);
                }
            }
        } catch (IOException e) {
            log.debug("jars that nobody needs cannot be removed", e);
        }
    }

    @Override
    public void close() {
        looking.shutdownNow();
    }
}
