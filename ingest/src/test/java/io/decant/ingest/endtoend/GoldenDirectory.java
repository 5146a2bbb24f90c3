package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * A data directory as a release left it, packed, with the settings it was written under and what that release itself
 * made of a copy of it:
 *
 * <pre>
 * golden/&lt;version&gt;/&lt;scene&gt;/
 *   data.zip.gz      data-dir; a zip once more compressed, since segments are zeros for the most part
 *   broker.zip.gz    the data of the Kafka broker that its source reads, where there is one
 *   settings.yaml    with ${RECEIVER}, ${FOLDER} and ${BROKER} for what is known only when it runs
 *   options.txt      options of decant run, one a line; may be absent
 *   expected.txt     what has to come of it, as {@link GoldenOutcome} has it
 * </pre>
 */
record GoldenDirectory(Path path) {

    /** Beside the module whose tests run, since the tests of another module read it as well. */
    private static final Path ROOT =
            Path.of(System.getProperty("decant.root"), "ingest", "src", "test", "resources", "golden");

    private static final String DATA = "data";
    private static final String BROKER = "broker";
    /** Below the data: what Spark writes for itself, and a driver finds empty when it starts. */
    private static final String SCRATCH = "spark-scratch";

    private static final FileTime NO_TIME = FileTime.fromMillis(0);

    /** Where a scene of a version lies, or is to lie. */
    static GoldenDirectory of(String version, String scene) {
        return new GoldenDirectory(ROOT.resolve(version).resolve(scene));
    }

    /** All that there are, of all versions, in the order of their names. */
    static List<GoldenDirectory> all() {
        try (Stream<Path> files = Files.walk(ROOT, 3)) {
            return files.filter(file -> file.endsWith("expected.txt"))
                    .map(file -> new GoldenDirectory(file.getParent()))
                    .sorted((one, other) -> one.name().compareTo(other.name()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Version and scene. */
    String name() {
        return path.getParent().getFileName() + "/" + path.getFileName();
    }

    boolean needsBroker() {
        return Files.exists(archive(BROKER));
    }

    /** Whether what it holds can go on only with Spark. */
    boolean needsSpark() {
        return path.getFileName().toString().equals(GoldenScenes.STAGED);
    }

    /** Whether it was written to the end: what is expected comes last. */
    boolean isWhole() {
        return Files.exists(path.resolve("expected.txt"));
    }

    List<String> options() throws IOException {
        Path file = path.resolve("options.txt");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    List<String> expected() throws IOException {
        return Files.readAllLines(path.resolve("expected.txt"));
    }

    private Path archive(String name) {
        return path.resolve(name + ".zip.gz");
    }

    /** Lays it out in a folder: settings, {@code data} and, where there is one, {@code broker}. */
    void unpack(Path folder) throws IOException {
        Files.copy(path.resolve("settings.yaml"), folder.resolve("decant.yaml"));
        unzip(archive(DATA), folder.resolve(DATA));
        if (needsBroker()) {
            unzip(archive(BROKER), folder.resolve(BROKER));
        }
    }

    /** Packs what {@link #unpack} lays out. */
    void pack(Path folder, List<String> options) throws IOException {
        Files.createDirectories(path);
        Files.copy(folder.resolve("decant.yaml"), path.resolve("settings.yaml"), StandardCopyOption.REPLACE_EXISTING);
        zip(folder.resolve(DATA), archive(DATA));
        if (Files.exists(folder.resolve(BROKER))) {
            zip(folder.resolve(BROKER), archive(BROKER));
        }
        if (!options.isEmpty()) {
            Files.write(path.resolve("options.txt"), options);
        }
    }

    void expect(List<String> lines) throws IOException {
        Files.writeString(path.resolve("expected.txt"), String.join("\n", lines) + "\n", UTF_8);
    }

    private static void zip(Path folder, Path archive) throws IOException {
        try (Stream<Path> files = Files.walk(folder);
                ZipOutputStream zip = new ZipOutputStream(new GZIPOutputStream(Files.newOutputStream(archive)))) {
            Path scratch = folder.resolve(SCRATCH);
            for (Path file :
                    files.filter(found -> !found.startsWith(scratch)).sorted().toList()) {
                String name = folder.relativize(file).toString();
                if (Files.isDirectory(file)) {
                    name += "/";
                }
                if (!name.equals("/")) {
                    zip.putNextEntry(new ZipEntry(name).setLastModifiedTime(NO_TIME));
                    if (Files.isRegularFile(file)) {
                        Files.copy(file, zip);
                    }
                    zip.closeEntry();
                }
            }
        }
    }

    private static void unzip(Path archive, Path folder) throws IOException {
        Files.createDirectories(folder);
        try (InputStream file = Files.newInputStream(archive);
                ZipInputStream zip = new ZipInputStream(new GZIPInputStream(file))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException(archive + " names " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(zip, target);
                }
            }
        }
    }
}
