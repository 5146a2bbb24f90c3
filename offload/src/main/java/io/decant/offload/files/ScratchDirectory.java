package io.decant.offload.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A private directory whose content may be removed at any time. Only what this class has made is ever removed: a marker
 * file in the directory shows it, which is written first and removed last. Follows no symbolic links. Keeps nothing in
 * memory; for any thread.
 *
 * @param directory of which the one above is made, too, where it is missing
 */
public record ScratchDirectory(Path directory) {

    private static final String MARKER = ".made-by-decant";
    private static final String MEANING = "Decant has made this directory, and removes it with all that is in it.\n";

    /**
     * Makes the directory; one that is there is emptied before.
     *
     * @throws IOException also where something is there that this class has not made, and it is not an empty directory
     */
    public void create() throws IOException {
        remove();
        if (!Files.isSymbolicLink(directory)) {
            PrivateFiles.createDirectories(directory, directory);
        }
        if (Files.isSymbolicLink(directory) || !isEmpty()) {
            throw new IOException(
                    directory + " already exists and was not created by Decant: it is neither used nor removed;"
                            + " move it to another place");
        }
        PrivateFiles.tighten(directory);
        mark();
    }

    /**
     * Removes the directory with all that is in it; nothing where there is none, or one without the marker.
     *
     * @throws IOException also where something is written there meanwhile: what is left then still has the marker
     */
    public void remove() throws IOException {
        if (!isMarked()) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (!entry.equals(marker())) {
                    PrivateTree.delete(entry);
                }
            }
        } catch (NoSuchFileException e) {
            // Another thread has removed it.
            return;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Files.deleteIfExists(marker());
        try {
            Files.deleteIfExists(directory);
        } catch (DirectoryNotEmptyException e) {
            mark();
            throw e;
        }
    }

    private boolean isMarked() {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                && Files.isRegularFile(marker(), LinkOption.NOFOLLOW_LINKS);
    }

    private Path marker() {
        return directory.resolve(MARKER);
    }

    private void mark() throws IOException {
        try (FileChannel marker = PrivateFiles.open(marker(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            marker.write(StandardCharsets.US_ASCII.encode(MEANING));
        }
    }

    private boolean isEmpty() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        }
    }
}
