package io.decant.offload.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Makes directories and files that only the user of this process can use: 0700 and 0600, from the moment that they
 * exist. A process's own mask cannot be set in Java, and it would also cover what the file sink delivers to others.
 * Stateless; for any thread.
 */
public final class PrivateFiles {

    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Set<PosixFilePermission> OWNER = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private PrivateFiles() {}

    /** Opens a file; one that these options create is private. One that exists keeps its permissions. */
    public static FileChannel open(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, Set.of(options), FILE);
    }

    /** @throws FileAlreadyExistsException if something is there */
    public static void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory, DIRECTORY);
    }

    /**
     * Makes a directory, and the missing ones above it as far up as {@code top}, which is made as well; those above
     * that are public.
     */
    public static void createDirectories(Path directory, Path top) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (!directory.startsWith(top)) {
            Files.createDirectories(directory);
            return;
        }
        if (directory.getParent() != null) {
            createDirectories(directory.getParent(), top);
        }
        try {
            createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
    }

    /**
     * Removes all permissions of a file or directory except those of its owner.
     *
     * @param file no symbolic link
     * @return whether there was anything to take
     * @throws IOException also if it belongs to another user
     */
    public static boolean tighten(Path file) throws IOException {
        Set<PosixFilePermission> found = Files.getPosixFilePermissions(file);
        if (OWNER.containsAll(found)) {
            return false;
        }
        found.retainAll(OWNER);
        Files.setPosixFilePermissions(file, found);
        return true;
    }
}
