package io.decant.spark.command;

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
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The files that inputs name: each a file, a directory with all below it, or a pattern of either. What lies in a
 * directory and cannot be taken is named in an exception; what is hidden is named, for the command to say; nothing is
 * passed over silently.
 *
 * @param files in the order of the inputs, and those of each in the order of their names
 * @param skipped hidden files and directories that hold something, as {@link Names} has them, sorted
 */
public record InputFiles(List<FileStatus> files, List<String> skipped) {

    private static final String CHECKSUMS = ".crc";
    private static final String HIDDEN = "names in a directory that begin with a dot or an underscore are hidden";

    public InputFiles {
        files = List.copyOf(files);
        skipped = List.copyOf(skipped);
    }

    /**
     * Finds them.
     *
     * <p>Everywhere in Hadoop names in a directory that begin with a dot or an underscore are hidden: what is not whole
     * yet, or no data. So they are not read, and named, unless there is nothing in them ({@code _SUCCESS}) or they are
     * Hadoop's own checksums. Named by themselves or by a pattern they are files like others.
     *
     * @throws CommandException when there is nothing by a name, when it is named twice, or when something cannot be
     *     taken
     */
    public static InputFiles find(List<String> inputs, Configuration conf) throws IOException, CommandException {
        List<FileStatus> files = new ArrayList<>();
        Set<Path> known = new HashSet<>();
        List<String> skipped = new ArrayList<>();
        for (String input : inputs) {
            Finder finder = new Finder(conf);
            finder.look(input);
            finder.files.sort(Comparator.comparing(file -> file.getPath().toString()));
            for (FileStatus file : finder.files) {
                if (!known.add(file.getPath())) {
                    throw new CommandException(Names.of(file.getPath())
                            + ": is named by two inputs, and its lines would be read twice; name it once");
                }
            }
            if (finder.files.isEmpty() && !finder.hidden.isEmpty()) {
                finder.hidden.sort(Comparator.naturalOrder());
                throw new CommandException(Names.list(finder.hidden) + ": " + HIDDEN
                        + ", and there is nothing else; write a pattern: '" + input + "/*' takes all");
            }
            files.addAll(finder.files);
            skipped.addAll(finder.hidden);
        }
        Set<String> read = known.stream().map(Names::of).collect(Collectors.toSet());
        return new InputFiles(
                files,
                skipped.stream()
                        .filter(name -> !read.contains(name))
                        .sorted()
                        .distinct()
                        .toList());
    }

    /** What to say of what is not read; empty: everything is. */
    public Optional<String> notice() {
        return skipped.isEmpty()
                ? Optional.empty()
                : Optional.of("skipped " + Names.list(skipped) + ": " + HIDDEN
                        + "; name them, or write a pattern like '" + parent(skipped.get(0)) + "/*', to read them");
    }

    private static String parent(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }

    /** Looks for the files of one input. For one thread. */
    private static final class Finder {
        private final Configuration conf;
        private final List<FileStatus> files = new ArrayList<>();
        private final List<String> hidden = new ArrayList<>();
        private FileSystem filesystem;

        Finder(Configuration conf) {
            this.conf = conf;
        }

        private void look(String input) throws IOException, CommandException {
            Path path = path(input);
            filesystem = Filesystems.of(path, conf);
            // A name that looks like a pattern is a name where there is such a file.
            FileStatus[] named = filesystem.exists(path)
                    ? new FileStatus[] {filesystem.getFileStatus(path)}
                    : filesystem.globStatus(path);
            if (named == null || named.length == 0) {
                throw new CommandException(input + ": no such file");
            }
            for (FileStatus status : named) {
                add(status);
            }
        }

        /**
         * A name with a colon, which Hadoop takes for a scheme, is one of a file on this machine where there is one.
         */
        private static Path path(String input) throws CommandException {
            if (input.contains(":") && new File(input).exists()) {
                return new Path(new File(input).getAbsoluteFile().toURI());
            }
            try {
                return new Path(input);
            } catch (IllegalArgumentException e) {
                throw new CommandException(input + ": no such file");
            }
        }

        private void add(FileStatus status) throws IOException, CommandException {
            if (!status.isFile()) {
                addDirectory(status.getPath());
                return;
            }
            if (Filesystems.isLocal(filesystem) && !Files.isRegularFile(local(status.getPath()))) {
                throw new CommandException(Names.of(status.getPath())
                        + ": is no regular file; write what it gives into one, and name that");
            }
            files.add(status);
        }

        private void addDirectory(Path directory) throws IOException, CommandException {
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
         * Hadoop leaves out of a local directory what it cannot look at: links that lead nowhere, names that are not
         * UTF-8.
         */
        private void requireAll(Path directory, FileStatus[] entries) throws CommandException {
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
            throw new CommandException(Names.list(missing)
                    + ": cannot be read: the link leads nowhere, or the name is not UTF-8; remove or rename it");
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
}
