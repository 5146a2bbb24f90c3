package io.decant.offload.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place on a disk that must be mounted: while nothing is mounted at its root, each call fails, and nothing is written
 * into the directory below. What was begun before a disk was unmounted cannot be published afterwards, since it lies
 * on that disk.
 */
public final class MountedFiles implements BatchFiles {

    private final Path root;
    private final BatchFiles files;

    /** @param files below {@code root} */
    public MountedFiles(Path root, BatchFiles files) {
        this.root = root;
        this.files = files;
    }

    private void check() throws IOException {
        if (!MountPoints.has(root)) {
            throw new IOException(
                    root + " is not a mount point, and must-be-mountpoint is set: nothing is written there;"
                            + " mount its filesystem");
        }
    }

    @Override
    public long blockBytes() {
        return files.blockBytes();
    }

    @Override
    public boolean exists(String path) throws IOException {
        check();
        return files.exists(path);
    }

    @Override
    public SyncedOutput create(String path) throws IOException {
        check();
        return files.create(path);
    }

    @Override
    public InputStream open(String path) throws IOException {
        check();
        return files.open(path);
    }

    @Override
    public PositionedInput openPositioned(String path) throws IOException {
        check();
        return files.openPositioned(path);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        check();
        return files.list(directory);
    }

    @Override
    public void publish(String from, String to) throws IOException {
        check();
        files.publish(from, to);
    }

    @Override
    public void delete(String path) throws IOException {
        check();
        files.delete(path);
    }

    @Override
    public void close() {
        files.close();
    }

    /** Where filesystems are mounted, as the kernel has it at the moment. Stateless; for any thread. */
    static final class MountPoints {

        private static final Path TABLE = Path.of("/proc/self/mountinfo");
        /** By its format (proc(5)): the place where it is mounted is the fifth column, and the type follows a dash. */
        private static final int PLACE = 4;

        private static final Pattern ESCAPED = Pattern.compile("\\\\([0-7]{3})");
        /** A place where something would be mounted, and is not yet. */
        private static final String AUTOFS = "autofs";

        private MountPoints() {}

        /** Whether a filesystem is mounted at a directory; also one whose other parts are mounted elsewhere. */
        static boolean has(Path directory) throws IOException {
            if (!Files.isDirectory(directory)) {
                return false;
            }
            // Looks into it, which is what has an automounter mount it.
            Path real = directory.toRealPath();
            Files.exists(real.resolve("."));
            return contains(Files.readAllLines(TABLE, StandardCharsets.ISO_8859_1), real);
        }

        /** The same by a table; of several mounts at one place the last one counts. */
        static boolean contains(List<String> table, Path real) {
            boolean found = false;
            // The kernel's bytes, one a character, as those of the path must be.
            String place = new String(real.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            for (String line : table) {
                String[] columns = line.split(" ");
                if (columns.length > PLACE && unescaped(columns[PLACE]).equals(place)) {
                    found = !isAutofs(columns);
                }
            }
            return found;
        }

        private static boolean isAutofs(String[] columns) {
            for (int i = PLACE; i < columns.length - 1; i++) {
                if (columns[i].equals("-")) {
                    return columns[i + 1].equals(AUTOFS);
                }
            }
            return false;
        }

        /** Blanks and the like stand as three octal digits. */
        private static String unescaped(String column) {
            Matcher escaped = ESCAPED.matcher(column);
            return escaped.replaceAll(
                    found -> Matcher.quoteReplacement(Character.toString((char) Integer.parseInt(found.group(1), 8))));
        }
    }
}
