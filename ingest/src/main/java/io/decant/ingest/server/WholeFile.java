package io.decant.ingest.server;

import io.decant.offload.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes small files of the data directory so that others find the whole of one, or none. Stateless. */
final class WholeFile {

    private WholeFile() {}

    /** Puts a file there that holds this line, in place of what is there; only this user can read it, at any time. */
    static void write(Path file, String line) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
        // What a killed server has left there might be readable for others.
        Files.deleteIfExists(fresh);
        try (FileChannel out = PrivateFiles.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(line + "\n");
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
