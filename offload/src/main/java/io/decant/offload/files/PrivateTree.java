package io.decant.offload.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.StringTokenizer;

/**
 * A directory with all that is in it, which is to be one user's alone. Follows no symbolic links. Stateless; for any
 * thread.
 */
public final class PrivateTree {

    private static final int ROOT = 0;
    /** What the JVM gives as {@code user.name} of a user without a name. */
    private static final String UNKNOWN = "?";
    /**
     * Of this process. The owner of the directory above it is root for a process that may not be dumped, regardless of
     * who runs it.
     */
    private static final Path STATUS = Path.of("/proc/self/status");

    private static final String UIDS = "Uid:";
    /** What stands behind {@link #UIDS}: real, effective, saved, of the filesystem. New files belong to the last. */
    private static final int OF_FILES = 3;

    private PrivateTree() {}

    /** What {@link #tighten} did. */
    public static final class Tightened {
        private int changed;
        private Path refused;

        /** Directories and files that others could use and cannot any more. */
        public int changed() {
            return changed;
        }

        /** One whose permissions could not be changed; null: there is none. */
        public Path refused() {
            return refused;
        }

        /** Adds what was done elsewhere. */
        public void add(Tightened other) {
            changed += other.changed;
            refused = refused == null ? other.refused : refused;
        }
    }

    /** Removes all permissions in a tree except those of the owner; does nothing if it does not exist. */
    public static Tightened tighten(Path top) throws IOException {
        Tightened tightened = new Tightened();
        walk(top, (file, attributes) -> {
            if (!attributes.isSymbolicLink()) {
                tighten(file, tightened);
            }
        });
        return tightened;
    }

    private static void tighten(Path file, Tightened tightened) {
        try {
            if (PrivateFiles.tighten(file)) {
                tightened.changed++;
            }
        } catch (NoSuchFileException e) {
            // It goes while it is looked at.
            return;
        } catch (IOException e) {
            // A filesystem without permissions, or another user's file: reported, but no reason to stop.
            tightened.refused = file;
        }
    }

    /** The first symbolic link that is found in a tree, or the top itself; null: there is none. */
    public static Path firstLink(Path top) throws IOException {
        Path[] found = new Path[1];
        walk(top, (file, attributes) -> {
            if (attributes.isSymbolicLink() && found[0] == null) {
                found[0] = file;
            }
        });
        return found[0];
    }

    private interface Visit {
        void visit(Path file, BasicFileAttributes attributes);
    }

    private static void walk(Path top, Visit visit) throws IOException {
        if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(top, new ChangingTree() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                visit.visit(directory, attributes);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                visit.visit(file, attributes);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Whether a directory belongs to another user than ours, and not to root, who must be trusted anyway. */
    public static boolean isSomebodyElses(Path directory) throws IOException {
        int owner = uid(directory);
        return owner != ROOT && owner != ourUid();
    }

    /** Whether a directory belongs to the user that runs this process, who alone may change its permissions. */
    public static boolean isOurs(Path directory) throws IOException {
        return uid(directory) == ourUid();
    }

    /** The number of the user that a file belongs to. */
    private static int uid(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:uid");
    }

    /** The name of the user that runs this process, or the number where it has no name. */
    public static String ourName() throws IOException {
        String name = System.getProperty("user.name", UNKNOWN);
        return name.isBlank() || name.equals(UNKNOWN) ? Integer.toString(ourUid()) : name;
    }

    private static int ourUid() throws IOException {
        return uidOfStatus(STATUS);
    }

    /** @param status of a process, as Linux shows it */
    static int uidOfStatus(Path status) throws IOException {
        for (String line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(UIDS)) {
                // Unsigned 32 bits, which unix:uid gives as an int, too.
                StringTokenizer uids = new StringTokenizer(line.substring(UIDS.length()));
                for (int i = 0; i < OF_FILES; i++) {
                    uids.nextToken();
                }
                return Integer.parseUnsignedInt(uids.nextToken());
            }
        }
        throw new IOException(status + " does not say which user runs this process");
    }

    /**
     * Removes a directory with all that is in it; nothing where there is none. What others remove at the same time is
     * no failure.
     */
    public static void delete(Path top) throws IOException {
        if (!Files.exists(top, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(top, new ChangingTree() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                super.postVisitDirectory(directory, failure);
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Passes over what others remove at the same time. */
    private static class ChangingTree extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
            if (failure != null && !(failure instanceof NoSuchFileException)) {
                throw failure;
            }
            return FileVisitResult.CONTINUE;
        }
    }
}
