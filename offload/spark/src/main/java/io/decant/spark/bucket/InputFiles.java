package io.decant.spark.bucket;

import io.decant.offload.lines.InputForm;
import io.decant.spark.job.Filesystems;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files that an input names: a file, a directory with all below it, or a pattern of either. What lies in a
 * directory and cannot be taken is named in an exception, never passed over. For one thread, and one input.
 */
final class InputFiles {

    private static final String CHECKSUMS = ".crc";

    private final Configuration conf;
    private final List<FileStatus> files = new ArrayList<>();
    private final List<String> hidden = new ArrayList<>();
    private FileSystem filesystem;

    private InputFiles(Configuration conf) {
        this.conf = conf;
    }

    /**
     * Finds them, in the order of their names.
     *
     * <p>Everywhere in Hadoop names in a directory that begin with a dot or an underscore are hidden: what is not whole
     * yet, or no data. So they are not read, and not passed over either, unless there is nothing in them
     * ({@code _SUCCESS}) or they are Hadoop's own checksums. Named by a pattern they are files like others.
     *
     * @throws BucketException when there is nothing by that name, or something that cannot be taken
     */
    static List<FileStatus> find(String input, Configuration conf) throws IOException, BucketException {
        InputFiles found = new InputFiles(conf);
        found.look(input);
        found.files.sort(Comparator.comparing(file -> file.getPath().toString()));
        return found.files;
    }

    private void look(String input) throws IOException, BucketException {
        Path path = path(input);
        filesystem = Filesystems.of(path, conf);
        // A name that looks like a pattern is a name where there is such a file.
        FileStatus[] named = filesystem.exists(path)
                ? new FileStatus[] {filesystem.getFileStatus(path)}
                : filesystem.globStatus(path);
        if (named == null || named.length == 0) {
            throw new BucketException(input + ": no such file");
        }
        for (FileStatus status : named) {
            add(status);
        }
        hidden.sort(Comparator.naturalOrder());
        if (!hidden.isEmpty()) {
            throw new BucketException(Names.list(hidden)
                    + ": names in a directory that begin with a dot or an underscore are hidden; rename them, or write a pattern: '"
                    + input + "/*' takes all, '" + input + "/[!._]*' leaves them out");
        }
    }

    /** A name with a colon, which Hadoop takes for a scheme, is one of a file on this machine. */
    private static Path path(String input) throws BucketException {
        try {
            return new Path(input);
        } catch (IllegalArgumentException e) {
            File file = new File(input);
            if (!input.isEmpty() && file.exists()) {
                return new Path(file.getAbsoluteFile().toURI());
            }
            throw new BucketException(input + ": no such file");
        }
    }

    private void add(FileStatus status) throws IOException, BucketException {
        if (!status.isFile()) {
            addDirectory(status.getPath());
            return;
        }
        if (Filesystems.isLocal(filesystem) && !Files.isRegularFile(local(status.getPath()))) {
            throw new BucketException(
                    Names.of(status.getPath()) + ": is not a regular file; write its content to one, and name that");
        }
        files.add(status);
    }

    private void addDirectory(Path directory) throws IOException, BucketException {
        FileStatus[] entries = filesystem.listStatus(directory);
        requireAll(directory, entries);
        for (FileStatus entry : entries) {
            if (!isHidden(entry.getPath())) {
                add(entry);
            } else if (holdsSomething(entry) && !isChecksums(entry, entries)) {
                hidden.add(Names.of(entry.getPath()));
            }
        }
    }

    /**
     * Hadoop leaves out of a local directory what it cannot look at: links that lead nowhere, names that are not UTF-8.
     */
    private void requireAll(Path directory, FileStatus[] entries) throws BucketException {
        String[] names =
                Filesystems.isLocal(filesystem) ? local(directory).toFile().list() : null;
        if (names == null || names.length <= entries.length) {
            return;
        }
        Set<String> left = new HashSet<>(Arrays.asList(names));
        for (FileStatus entry : entries) {
            left.remove(entry.getPath().getName());
        }
        List<String> missing = left.stream()
                .sorted()
                .map(name -> Names.of(directory) + "/" + name)
                .toList();
        throw new BucketException(Names.list(missing)
                + ": cannot be read: the link is broken, or the name is not UTF-8; remove or rename it");
    }

    private static java.nio.file.Path local(Path path) {
        return java.nio.file.Path.of(path.toUri().getPath());
    }

    private static boolean isHidden(Path path) {
        return path.getName().startsWith(".") || path.getName().startsWith("_");
    }

    private boolean holdsSomething(FileStatus entry) throws IOException {
        if (entry.isFile()) {
            return entry.getLen() > 0;
        }
        for (FileStatus below : filesystem.listStatus(entry.getPath())) {
            if (holdsSomething(below)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is what Hadoop has put beside another file of the directory. */
    private boolean isChecksums(FileStatus entry, FileStatus[] entries) throws IOException {
        String name = entry.getPath().getName();
        return entry.isFile()
                && name.startsWith(".")
                && name.endsWith(CHECKSUMS)
                && Arrays.stream(entries)
                        .anyMatch(other -> name.equals("." + other.getPath().getName() + CHECKSUMS))
                && InputForm.ofContent(head(entry), (int) Math.min(InputForm.HEAD_BYTES, entry.getLen()))
                        == InputForm.CHECKSUMS;
    }

    private byte[] head(FileStatus file) throws IOException {
        try (FSDataInputStream in = filesystem.open(file.getPath())) {
            return Arrays.copyOf(in.readNBytes(InputForm.HEAD_BYTES), InputForm.HEAD_BYTES);
        }
    }
}
