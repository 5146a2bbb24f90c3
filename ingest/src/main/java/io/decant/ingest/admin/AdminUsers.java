package io.decant.ingest.admin;

import io.decant.config.AdminUserSettings;
import io.decant.config.Secret;
import io.decant.ingest.users.Users;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Everybody whom the admin port knows: the users of the settings, and who shows the token of the data directory. Tokens
 * are compared in constant time. Safe from any thread.
 */
final class AdminUsers {

    private static final String BEARER = "Bearer ";

    private final Map<String, AdminUserSettings> settings;
    private final Users users;
    private final Secret beside;
    private final byte[] besideDigest;
    private final Map<String, String> byCertificate = new HashMap<>();

    /**
     * @param users with the tokens of those in the settings
     * @param beside the token of {@link AdminUser#BESIDE}; empty: nobody has it
     */
    AdminUsers(Map<String, AdminUserSettings> settings, Users users, Secret beside) {
        this.settings = Map.copyOf(settings);
        this.users = users;
        this.beside = beside;
        this.besideDigest = digest(beside.reveal());
        settings.forEach((name, user) -> {
            if (!user.certificate().isEmpty()) {
                byCertificate.put(user.certificate().toLowerCase(Locale.ROOT), name);
            }
        });
    }

    /** Whether the settings have any. */
    boolean areSet() {
        return !settings.isEmpty();
    }

    /** Why their tokens are not those of their files; empty where they are. */
    String lastError() {
        return users.lastError();
    }

    /** Of a header {@code Authorization}. */
    Optional<AdminUser> ofAuthorization(String header) {
        return beside(header).or(() -> users.ofAuthorization(header).map(this::named));
    }

    /** The same where nobody but {@link AdminUser#BESIDE} counts, whose token cannot be guessed. */
    Optional<AdminUser> beside(String header) {
        return header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        && isBeside(digest(header.substring(BEARER.length()).strip()))
                ? Optional.of(AdminUser.BESIDE)
                : Optional.empty();
    }

    /** Of the {@linkplain Users#digest digest} of a token. */
    Optional<AdminUser> ofDigest(byte[] digest) {
        return isBeside(digest)
                ? Optional.of(AdminUser.BESIDE)
                : users.ofDigest(digest).map(this::named);
    }

    /** Of the names in a client's certificate: the first that is a user's. */
    Optional<AdminUser> ofCertificate(List<String> names) {
        return names.stream()
                .filter(byCertificate::containsKey)
                .findFirst()
                .map(name -> named(byCertificate.get(name)));
    }

    static byte[] digest(String token) {
        return Users.digest(token.getBytes(StandardCharsets.UTF_8));
    }

    private boolean isBeside(byte[] digest) {
        return !beside.isEmpty() && MessageDigest.isEqual(besideDigest, digest);
    }

    private AdminUser named(String name) {
        return new AdminUser(name, settings.get(name).may());
    }
}
