package io.decant.ingest.users;

import io.decant.config.UserToken;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of one port, by their tokens. Of a token nothing is kept but its SHA-256. What is presented is hashed and
 * compared with the hash of every user, each time to its end, so that the time says nothing of how much was right, nor
 * of whose it was.
 *
 * <p>Tokens that stand in files are read again every second, once {@link #watch} is called. Where the files cannot be
 * used, the tokens stay as they were. Safe from any thread; {@link #of} and {@link #reload} read files.
 */
public final class Users implements AutoCloseable {

    /** How often the files of tokens are looked at. */
    static final long RELOAD_MILLIS = 1_000;

    /** What the name of a user, its token and a colon take at most, in characters of Basic. */
    private static final int BASIC_CHARS_MAX = 2 * (UserToken.CHARS_MAX + 64 + 1);

    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";

    private static final Logger log = LoggerFactory.getLogger(Users.class);

    private final String owner;
    private final Map<String, UserToken> tokens;
    private final List<String> names;

    /** SHA-256 of the tokens, in the order of the names. */
    private volatile byte[][] digests;

    private volatile String lastError = "";
    private volatile Runnable stopWatching = () -> {};

    private Users(String owner, Map<String, UserToken> tokens, byte[][] digests) {
        this.owner = owner;
        this.tokens = tokens;
        this.names = List.copyOf(tokens.keySet());
        this.digests = digests;
    }

    /**
     * Users with the tokens that they have now; blocks for as long as the file system does.
     *
     * @param owner what has the port, for messages, such as {@code source in}
     * @param tokens by the name of the user; those without a token are left out
     * @throws UsersException where a file cannot be used
     */
    public static Users of(String owner, Map<String, UserToken> tokens) throws UsersException {
        Map<String, UserToken> known = new LinkedHashMap<>(tokens);
        known.values().removeIf(token -> !token.isSet());
        return new Users(owner, known, read(known));
    }

    /** Reads the files of tokens every second from now on, where there are any. */
    public void watch(Vertx vertx) {
        if (tokens.values().stream().noneMatch(token -> token.file().isPresent())) {
            return;
        }
        long timer = vertx.setPeriodic(RELOAD_MILLIS, tick -> {
            var unused = vertx.executeBlocking(
                    () -> {
                        reload();
                        return null;
                    },
                    false);
        });
        stopWatching = () -> vertx.cancelTimer(timer);
    }

    /** Takes the tokens as they are now; throws nothing. */
    synchronized void reload() {
        try {
            byte[][] now = read(tokens);
            if (!Arrays.deepEquals(now, digests)) {
                digests = now;
                log.info("{}: the tokens of users were read again", owner);
            }
            lastError = "";
        } catch (UsersException e) {
            if (!e.getMessage().equals(lastError)) {
                log.warn("{}: the tokens of users stay as they were: {}", owner, e.getMessage());
            }
            lastError = e.getMessage();
        }
    }

    /** Why the files of tokens as they are now cannot be used; empty where they are in use. */
    public String lastError() {
        return lastError;
    }

    /** The user with this token. */
    public Optional<String> ofToken(byte[] token) {
        int user = indexOf(token);
        return user < 0 ? Optional.empty() : Optional.of(names.get(user));
    }

    /** The user whose token has this {@linkplain #digest digest} now. */
    public Optional<String> ofDigest(byte[] digest) {
        int user = indexOfDigest(digest);
        return user < 0 ? Optional.empty() : Optional.of(names.get(user));
    }

    /** What may be kept of a token: its SHA-256. */
    public static byte[] digest(byte[] token) {
        return sha256(token);
    }

    /** The user of {@code name:token}. */
    public Optional<String> ofNameAndToken(byte[] credentials) {
        int colon = 0;
        while (colon < credentials.length && credentials[colon] != ':') {
            colon++;
        }
        if (colon == credentials.length) {
            return Optional.empty();
        }
        int user = indexOf(Arrays.copyOfRange(credentials, colon + 1, credentials.length));
        if (user < 0) {
            return Optional.empty();
        }
        byte[] name = names.get(user).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(name, Arrays.copyOf(credentials, colon))
                ? Optional.of(names.get(user))
                : Optional.empty();
    }

    /**
     * The user of a header {@code Authorization}: {@code Bearer <token>} (RFC 6750), or {@code Basic} with the user's
     * name and the token as its password (RFC 7617). Nobody where it has another form.
     */
    public Optional<String> ofAuthorization(String header) {
        if (header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            String token = header.substring(BEARER.length()).strip();
            return ofToken(token.getBytes(StandardCharsets.UTF_8));
        }
        if (header.regionMatches(true, 0, BASIC, 0, BASIC.length()) && header.length() <= BASIC_CHARS_MAX) {
            try {
                return ofNameAndToken(Base64.getDecoder()
                        .decode(header.substring(BASIC.length()).strip()));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Looks at files no more. */
    @Override
    public void close() {
        stopWatching.run();
    }

    /** The user with this token, or -1. */
    private int indexOf(byte[] token) {
        // No user has an empty one or one as long, and that is no secret.
        if (token.length == 0 || token.length > UserToken.CHARS_MAX) {
            return -1;
        }
        return indexOfDigest(sha256(token));
    }

    private int indexOfDigest(byte[] presented) {
        byte[][] known = digests;
        int user = -1;
        for (int i = 0; i < known.length; i++) {
            user = MessageDigest.isEqual(known[i], presented) ? i : user;
        }
        return user;
    }

    private static byte[] sha256(byte[] token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[][] read(Map<String, UserToken> tokens) throws UsersException {
        byte[][] digests = new byte[tokens.size()][];
        Set<ByteBuffer> distinct = new HashSet<>();
        int next = 0;
        for (Map.Entry<String, UserToken> user : tokens.entrySet()) {
            try {
                digests[next] = user.getValue().digest();
            } catch (IOException e) {
                throw new UsersException("user " + user.getKey() + ": " + e.getMessage(), e);
            }
            if (!distinct.add(ByteBuffer.wrap(digests[next]))) {
                throw new UsersException(
                        "user " + user.getKey() + " has the same token as another, so they cannot be told apart", null);
            }
            next++;
        }
        return digests;
    }
}
