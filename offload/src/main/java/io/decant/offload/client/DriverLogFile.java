package io.decant.offload.client;

import io.decant.offload.files.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a driver process logs, and what its job prints, in a file. One that is full is kept beside the next, and no
 * more. Where it cannot be written, lines are lost and nothing else. Thread-safe.
 */
final class DriverLogFile implements Consumer<String> {

    /** Of a file; the one before it takes as much. */
    static final long BYTES_MAX = 8L << 20;

    private static final String BEFORE = ".1";
    private static final Logger log = LoggerFactory.getLogger(DriverLogFile.class);

    private final Path file;
    private FileChannel channel;

    /** @param file whose directory need not be there */
    DriverLogFile(Path file) {
        this.file = file;
    }

    @Override
    public synchronized void accept(String line) {
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
            if (channel == null) {
                open();
            }
            if (channel.size() + bytes.remaining() > BYTES_MAX) {
                close();
                Files.move(file, file.resolveSibling(file.getFileName() + BEFORE), StandardCopyOption.ATOMIC_MOVE);
                open();
            }
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            log.debug("{} cannot be written", file, e);
            close();
        }
    }

    private void open() throws IOException {
        PrivateFiles.createDirectories(file.getParent(), file.getParent());
        channel =
                PrivateFiles.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    synchronized void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            log.debug("{} cannot be closed", file, e);
        } finally {
            channel = null;
        }
    }
}
