package io.decant.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A secret in a file of its own, as secret stores mount them: one text in UTF-8. A newline at its end is not part of
 * it. Stateless.
 */
public final class SecretFile {

    /** Many times what a token takes. */
    static final int BYTES_MAX = 64 << 10;

    private SecretFile() {}

    /**
     * Reads it; blocks for as long as the file system does.
     *
     * @throws IOException if there is none, or it cannot be read, is empty, too long or not UTF-8; its message, in one
     *     line, never shows anything of the content
     */
    public static Secret read(Path file) throws IOException {
        String text = readText(file);
        if (text.isEmpty()) {
            throw new IOException("is empty");
        }
        return new Secret(text);
    }

    /** The same for a file that may be empty. */
    static String readText(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        } catch (NoSuchFileException e) {
            throw new IOException("does not exist", e);
        } catch (AccessDeniedException e) {
            throw new IOException("may not be read by the user that runs Decant", e);
        } catch (FileSystemException e) {
            throw new IOException("cannot be read: " + e.getReason(), e);
        } catch (IOException e) {
            throw new IOException("cannot be read: " + e.getMessage(), e);
        }
        if (bytes.length > BYTES_MAX) {
            throw new IOException("is longer than " + (BYTES_MAX >> 10) + " KiB");
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return withoutNewline(text);
        } catch (CharacterCodingException e) {
            throw new IOException("is not UTF-8", e);
        }
    }

    private static String withoutNewline(String text) {
        int end = text.length();
        if (text.endsWith("\n")) {
            end -= text.endsWith("\r\n") ? 2 : 1;
        }
        return text.substring(0, end);
    }
}
