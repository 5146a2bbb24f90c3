package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Makes the journal's directories and files so that only their owner can use them, from the moment that they exist.
 * Stateless; for any thread.
 */
public final class OwnerOnly {

    private static final FileAttribute<Set<PosixFilePermission>> DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private OwnerOnly() {}

    /** Opens a file; one that these options create is the owner's alone. One that exists keeps its permissions. */
    static FileChannel open(Path file, OpenOption... options) throws IOException {
        return FileChannel.open(file, Set.of(options), FILE);
    }

    /** @throws FileAlreadyExistsException if something is there */
    static void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory, DIRECTORY);
    }

    /**
     * Makes a directory and the missing ones above it, each with its entry on stable storage.
     *
     * @param directory absolute
     * @param top absolute; from here on they are the owner's alone, those above it are made as the process makes
     *     directories
     */
    public static void createDurably(Path directory, Path top) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        createDurably(directory.getParent(), top);
        try {
            if (directory.startsWith(top)) {
                createDirectory(directory);
            } else {
                Files.createDirectory(directory);
            }
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        SegmentFiles.forceDirectory(directory.getParent());
    }
}
