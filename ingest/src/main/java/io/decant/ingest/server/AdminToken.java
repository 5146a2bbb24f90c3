package io.decant.ingest.server;

import io.decant.config.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code data-dir/admin.token}, by which a command shows the server on the directory that it may change
 * something: who can read the file is an operator. It holds 256 random bits in base64url and a newline, and is readable
 * for the server's user alone. Each start makes another; the server knows its own from memory, so what a killed server
 * has left there opens nothing.
 */
public final class AdminToken implements AutoCloseable {

    private static final String FILE = "admin.token";
    private static final int BYTES = 32;

    private static final Logger log = LoggerFactory.getLogger(AdminToken.class);

    private final Path file;

    private AdminToken(Path file) {
        this.file = file;
    }

    /** Removes what an earlier server has left; for the owner of the directory. */
    static AdminToken in(Path dataDir) {
        AdminToken token = new AdminToken(dataDir.resolve(FILE));
        token.close();
        return token;
    }

    /**
     * Writes a new one. A disk that does not take it costs the commands beside the server, and nothing else.
     *
     * @param random that nobody can guess
     */
    Secret make(RandomGenerator random) {
        byte[] bits = new byte[BYTES];
        random.nextBytes(bits);
        Secret token = new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bits));
        try {
            WholeFile.write(file, token.reveal());
        } catch (IOException e) {
            log.warn("{} cannot be written: {}; commands cannot show this server who they are", file, e.toString());
        }
        return token;
    }

    /**
     * That of the server on the directory; empty where there is none, or this user may not read it.
     *
     * @throws IOException where it cannot be read for another reason
     */
    public static Optional<Secret> read(Path dataDir) throws IOException {
        try {
            String text = Files.readString(dataDir.resolve(FILE), StandardCharsets.US_ASCII);
            return Optional.of(new Secret(text.strip())).filter(token -> !token.isEmpty());
        } catch (NoSuchFileException | AccessDeniedException e) {
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
