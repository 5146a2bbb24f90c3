package io.decant.offload.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Gives files the permissions that they would have if this process had made them and said nothing about it. Stateless;
 * for any thread.
 */
final class DefaultModes {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String UMASK = "Umask:";
    /** Where the kernel does not tell (before 4.7). */
    private static final int UMASK_DEFAULT = 0022;

    private static final int DIRECTORY = 0777;
    private static final int FILE = 0666;
    private static final int HIGHEST_BIT = 0400;
    private static final String LETTERS = "rwxrwxrwx";

    private DefaultModes() {}

    /** To a directory and all in it. May be done again. */
    static void give(Path top) throws IOException {
        int umask = umask();
        Set<PosixFilePermission> directory = permissions(DIRECTORY & ~umask);
        Set<PosixFilePermission> file = permissions(FILE & ~umask);
        Files.walkFileTree(top, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path found, BasicFileAttributes attributes) throws IOException {
                Files.setPosixFilePermissions(found, directory);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path found, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    Files.setPosixFilePermissions(found, file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static int umask() throws IOException {
        return Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1).stream()
                .filter(line -> line.startsWith(UMASK))
                .map(line -> Integer.parseInt(line.substring(UMASK.length()).strip(), 8))
                .findFirst()
                .orElse(UMASK_DEFAULT);
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        StringBuilder text = new StringBuilder(LETTERS);
        for (int bit = 0; bit < LETTERS.length(); bit++) {
            if ((mode & (HIGHEST_BIT >> bit)) == 0) {
                text.setCharAt(bit, '-');
            }
        }
        return PosixFilePermissions.fromString(text.toString());
    }
}
