package io.decant.ingest.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code data-dir/admin.address}, by which a command finds the server that runs on the directory: its admin
 * address, {@code host:port} and a newline. What a killed server has left there means nothing.
 */
public final class AdminAddress implements AutoCloseable {

    private static final String FILE = "admin.address";
    private static final Logger log = LoggerFactory.getLogger(AdminAddress.class);

    private final Path file;

    private AdminAddress(Path file) {
        this.file = file;
    }

    /** Removes what an earlier server has left; for the owner of the directory. */
    static AdminAddress in(Path dataDir) {
        AdminAddress address = new AdminAddress(dataDir.resolve(FILE));
        address.close();
        return address;
    }

    /** Says it. A disk that does not take it costs the commands beside the server, and nothing else. */
    void write(String address) {
        try {
            WholeFile.write(file, address);
        } catch (IOException e) {
            log.warn("{} cannot be written: {}; 'decant dlq replay' will not find this server", file, e.toString());
        }
    }

    /** What the server on that directory says; empty where none does. */
    public static Optional<String> read(Path dataDir) throws IOException {
        try {
            return Optional.of(Files.readString(dataDir.resolve(FILE), StandardCharsets.US_ASCII)
                    .strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.warn("{} cannot be removed: {}", file, e.toString());
        }
    }
}
