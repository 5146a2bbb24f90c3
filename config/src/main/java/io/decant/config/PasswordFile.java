package io.decant.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A password that stands in the settings or in a file, which may change while the server runs. Stateless. */
final class PasswordFile {

    static final String DOC = "A file with the password, in place of `password`. It is read for each new connection.";

    private static final String KEY = "password-file";

    private PasswordFile() {}

    /**
     * The password as it is now; blocks for as long as the file system does.
     *
     * @throws IOException if the file cannot be read; its message names the file
     */
    static Secret current(Secret password, Optional<Path> file) throws IOException {
        if (file.isEmpty()) {
            return password;
        }
        try {
            return SecretFile.read(file.get());
        } catch (IOException e) {
            throw new IOException(KEY + " " + file.get() + " " + e.getMessage(), e);
        }
    }

    /** A text without the password, which a driver may quote. */
    static String redact(String text, Secret password, Optional<Path> file) {
        Secret hidden;
        try {
            hidden = current(password, file);
        } catch (IOException e) {
            // It is not there any more; what was in it is not known.
            hidden = Secret.NONE;
        }
        return hidden.isEmpty() ? text : text.replace(hidden.reveal(), Secret.HIDDEN);
    }

    /** @param path dotted key of the component */
    static List<Conflict> conflicts(String path, Secret password, Optional<Path> file) {
        if (password.isEmpty() || file.isEmpty()) {
            return List.of();
        }
        Map<String, String> values = new LinkedHashMap<>();
        values.put(path + "." + KEY, file.get().toString());
        values.put(path + ".password", Secret.HIDDEN);
        return List.of(new Conflict(values, "is set together with password", "remove one"));
    }

    /** The same of its file, whose path is absolute. */
    static List<Conflict> fileConflicts(String path, Optional<Path> file) {
        if (file.isEmpty()) {
            return List.of();
        }
        try {
            SecretFile.read(file.get());
            return List.of();
        } catch (IOException e) {
            return List.of(new Conflict(
                    Map.of(path + "." + KEY, file.get().toString()),
                    e.getMessage(),
                    "name a file that has the password and nothing else"));
        }
    }
}
