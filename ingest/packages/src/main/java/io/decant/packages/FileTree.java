package io.decant.packages;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * What a package puts where, in the order of the paths, so that the same files make the same bytes. Directories are
 * there for what lies in them.
 */
final class FileTree {
    static final int FILE = 0644;
    static final int PROGRAM = 0755;
    static final int DIRECTORY = 0755;

    /** One path: a file, a directory or a symbolic link. */
    sealed interface Item permits Content, Directory, Link {}

    /**
     * A regular file.
     *
     * @param bytes how many there are
     */
    record Content(Source source, long bytes, int mode) implements Item {}

    record Directory(int mode) implements Item {}

    record Link(String target) implements Item {}

    /** Where a file's bytes are. */
    interface Source {
        InputStream open() throws IOException;
    }

    private final SortedMap<String, Item> items = new TreeMap<>();

    /** By absolute path, {@code /usr/bin/decant}; the parents of each before it. */
    SortedMap<String, Item> items() {
        return items;
    }

    FileTree file(String path, Path source, int mode) throws IOException {
        return add(path, new Content(() -> Files.newInputStream(source), Files.size(source), mode));
    }

    FileTree text(String path, String text) {
        return bytes(path, text.getBytes(StandardCharsets.UTF_8), FILE);
    }

    FileTree bytes(String path, byte[] bytes, int mode) {
        return add(path, new Content(() -> new ByteArrayInputStream(bytes), bytes.length, mode));
    }

    /** Compressed as {@code gzip -9n} does, without name and time. */
    FileTree packed(String path, byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new BestGzip(packed)) {
            out.write(bytes);
        }
        byte[] made = packed.toByteArray();
        // What the JDK leaves at 0: slowest and best, which is what lintian looks for.
        made[8] = 2;
        return bytes(path, made, FILE);
    }

    FileTree link(String path, String target) {
        return add(path, new Link(target));
    }

    FileTree directory(String path, int mode) {
        items.put(path, new Directory(mode));
        parents(path);
        return this;
    }

    /** What is below a folder, links resolved. */
    FileTree all(String path, Path folder, Predicate<Path> wanted, int mode) throws IOException {
        try (Stream<Path> below = Files.walk(folder)) {
            List<Path> files = below.filter(Files::isRegularFile).filter(wanted).toList();
            for (Path file : files) {
                file(path + "/" + folder.relativize(file), file, mode);
            }
        }
        return this;
    }

    private FileTree add(String path, Item item) {
        if (items.putIfAbsent(path, item) != null) {
            throw new IllegalArgumentException(path + " is there twice");
        }
        parents(path);
        return this;
    }

    private void parents(String path) {
        for (int end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
            items.putIfAbsent(path.substring(0, end), new Directory(DIRECTORY));
        }
    }

    private static final class BestGzip extends GZIPOutputStream {
        BestGzip(ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(9);
        }
    }
}
