package io.decant.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The token that a user of a port is known by: the keys {@code token} and {@code token-file} of a section, of which one
 * is set. Either holds the token itself, or {@code sha256:} and the hash of it in hexadecimal, from which nobody learns
 * the token. Neither shows anywhere.
 *
 * @param token empty: that of the file
 * @param file with the same, which may change; empty: the token stands in the settings
 */
public record UserToken(Secret token, Optional<Path> file) {

    /** Longest token, in characters, which are bytes, too. */
    public static final int CHARS_MAX = 1_024;

    /** Most users of one port: what is presented is compared with the token of each. */
    public static final int USERS_MAX = 1_000;

    static final String DOC =
            "The token that this user presents, e.g. `${TOKEN}`, or `sha256:` and the 64 hexadecimal digits of its"
                    + " SHA-256: `printf %s \"$TOKEN\" \\| sha256sum` prints them.";

    static final String FILE_DOC = "A file with the same, in place of `token`. It is read again when it changes.";

    static final ValueType<Secret> TYPE = Types.secret("a token, or `sha256:...`", UserToken::check);

    private static final String KEY = "token";
    private static final String FILE_KEY = "token-file";
    private static final String HASHED = "sha256:";
    private static final Pattern HASH = Pattern.compile("[0-9A-Fa-f]{64}");
    /** Of no byte at all. */
    private static final String HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static final Pattern PLAIN = Pattern.compile("[!-~]{1," + CHARS_MAX + "}");

    /** Whose names stand in dotted keys, in the names of sessions and in metrics. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    /** Whether there is one at all. */
    public boolean isSet() {
        return !token.isEmpty() || file.isPresent();
    }

    /**
     * SHA-256 of the token as it is now; blocks for as long as the file system does.
     *
     * @throws IOException if the file cannot be used; its message names the file and shows nothing of its content
     */
    public byte[] digest() throws IOException {
        if (file.isEmpty()) {
            return digest(token.reveal());
        }
        try {
            return fileDigest(file.get());
        } catch (IOException e) {
            throw new IOException(FILE_KEY + " " + file.get() + " " + e.getMessage(), e);
        }
    }

    private static byte[] fileDigest(Path file) throws IOException {
        String text = SecretFile.read(file).reveal();
        try {
            check(text);
        } catch (InvalidValue e) {
            throw new IOException("holds a text that " + e.text(), e);
        }
        return digest(text);
    }

    private static byte[] digest(String text) {
        if (isHash(text)) {
            return HexFormat.of().parseHex(text, HASHED.length(), text.length());
        }
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static boolean isHash(String text) {
        return text.regionMatches(true, 0, HASHED, 0, HASHED.length());
    }

    /** Lets an empty one pass, which is that of the file. */
    private static void check(String text) {
        if (isHash(text)) {
            if (!HASH.matcher(text.substring(HASHED.length())).matches()) {
                throw new InvalidValue(
                        "is not the SHA-256 of a token", "write " + HASHED + " and 64 hexadecimal digits");
            }
            if (text.regionMatches(true, HASHED.length(), HASH_OF_NOTHING, 0, HASH_OF_NOTHING.length())) {
                throw new InvalidValue("is the SHA-256 of an empty token", "hash the token itself");
            }
        } else if (text.equals(Secret.HIDDEN)) {
            throw new InvalidValue("is what is shown in the place of a token", "write the token itself");
        } else if (!text.isEmpty() && !PLAIN.matcher(text).matches()) {
            throw new InvalidValue(
                    "is not a token",
                    "write 1 to " + CHARS_MAX + " characters of printable ASCII without blanks, or " + HASHED
                            + " and 64 hexadecimal digits");
        }
    }

    /** The rule for names of users: throws {@link InvalidValue}. */
    static Consumer<String> names() {
        return name -> {
            if (!NAME.matcher(name).matches()) {
                throw new InvalidValue("is not a name", "a name is " + NamedSections.NAME_FORM);
            }
        };
    }

    /**
     * What does not fit together in the section of one user.
     *
     * @param path the section's dotted key
     * @param others keys by which the user may be known in place of a token; empty where there are none
     */
    List<Conflict> conflicts(String path, List<String> others) {
        if (!isSet() && others.isEmpty()) {
            return List.of(
                    new Conflict(Map.of(path + "." + KEY, ""), "is required", "give it a value, or set " + FILE_KEY));
        }
        if (token.isEmpty() || file.isEmpty()) {
            return List.of();
        }
        Map<String, String> values = new LinkedHashMap<>();
        values.put(path + "." + FILE_KEY, file.get().toString());
        values.put(path + "." + KEY, Secret.HIDDEN);
        return List.of(new Conflict(values, "is set together with " + KEY, "remove one"));
    }

    /**
     * What is wrong with the files of a port's users, whose paths are absolute, and whether any two have the same
     * token.
     *
     * @param path dotted key of the section of all users
     * @param users those that have a token, by name
     */
    static List<Conflict> fileConflicts(String path, Map<String, UserToken> users) {
        List<Conflict> conflicts = new ArrayList<>();
        Map<String, String> keys = new LinkedHashMap<>();
        users.forEach((name, user) -> {
            String key = path + "." + name + "." + (user.file.isPresent() ? FILE_KEY : KEY);
            String shown = user.file.map(Path::toString).orElse(Secret.HIDDEN);
            try {
                byte[] digest = user.file.isPresent() ? fileDigest(user.file.get()) : digest(user.token.reveal());
                String same = keys.putIfAbsent(HexFormat.of().formatHex(digest), key);
                if (same != null) {
                    conflicts.add(new Conflict(
                            Map.of(key, shown),
                            "is the same token as " + same + ": nobody could tell these users apart",
                            "give each user a token of its own"));
                }
            } catch (IOException e) {
                conflicts.add(new Conflict(
                        Map.of(key, shown), e.getMessage(), "name a file that has the token and nothing else"));
            }
        });
        return conflicts;
    }
}
