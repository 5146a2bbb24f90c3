package io.decant.ingest.source;

import io.decant.config.HostPort;
import io.decant.config.SourceUserSettings;
import io.decant.config.UserToken;
import io.decant.ingest.users.CertificateNames;
import io.decant.ingest.users.Users;
import io.decant.ingest.users.UsersException;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who may send to a source that listens. Safe from any thread; {@link #start} reads files. */
public final class SourceUsers implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SourceUsers.class);

    /** The log has a line at the first refusal, the tenth, the hundredth, and so on. */
    private static final int REFUSALS_PER_LINE_GROWTH = 10;

    private final String source;
    private final Map<String, SourceUserSettings> settings;
    private final Vertx vertx;
    private final Map<String, SourceUser> byName = new LinkedHashMap<>();
    private final Map<String, SourceUser> byCertificate = new HashMap<>();
    private final AtomicLong unauthorized = new AtomicLong();

    /** Null until it is started. */
    private volatile Users tokens;

    private SourceUsers(String source, Map<String, SourceUserSettings> settings, SourceCounters all, Vertx vertx) {
        this.source = source;
        this.settings = settings;
        this.vertx = vertx;
        settings.forEach((name, user) -> {
            SourceUser made = new SourceUser(name, user, all);
            byName.put(name, made);
            if (!user.certificate().isEmpty()) {
                byCertificate.put(user.certificate().toLowerCase(Locale.ROOT), made);
            }
        });
    }

    /**
     * The users of a source; empty where everybody may send.
     *
     * @param settings with absolute paths
     * @param all counters of the whole source
     * @param vertx on which files of tokens are read again
     */
    public static Optional<SourceUsers> of(
            String source, Map<String, SourceUserSettings> settings, SourceCounters all, Vertx vertx) {
        return settings.isEmpty() ? Optional.empty() : Optional.of(new SourceUsers(source, settings, all, vertx));
    }

    /**
     * What is allowed and may still be a mistake; a line each.
     *
     * @param address where the source listens
     * @param encrypted whether its connections are
     */
    public static List<String> hints(
            String source, HostPort address, boolean encrypted, Map<String, SourceUserSettings> settings) {
        boolean local = address.host().equals("localhost")
                || address.host().equals("::1")
                || address.host().startsWith("127.");
        boolean hasTokens =
                settings.values().stream().anyMatch(user -> user.userToken().isSet());
        return local || encrypted || !hasTokens
                ? List.of()
                : List.of("sources." + source + ".users: their tokens cross the network in the clear; set tls, unless"
                        + " something before Decant encrypts; see docs/security.md");
    }

    /**
     * Reads the tokens, and those in files again whenever they change.
     *
     * @throws SourceException where a file cannot be used
     */
    public void start() {
        Map<String, UserToken> known = new LinkedHashMap<>();
        settings.forEach((name, user) -> known.put(name, user.userToken()));
        try {
            tokens = Users.of("source " + source, known);
        } catch (UsersException e) {
            throw new SourceException(
                    "source " + source + " cannot begin: " + e.getMessage() + "; mend sources." + source + ".users", e);
        }
        tokens.watch(vertx);
    }

    /** The user with this token. */
    public Optional<SourceUser> ofToken(byte[] token) {
        return tokens.ofToken(token).map(byName::get);
    }

    /** The user of a header {@code Authorization}. */
    public Optional<SourceUser> ofAuthorization(String header) {
        return tokens.ofAuthorization(header).map(byName::get);
    }

    /** The user whose certificate the client has shown. */
    public Optional<SourceUser> ofCertificate(SSLSession session) {
        return byCertificate.isEmpty()
                ? Optional.empty()
                : CertificateNames.of(session).stream()
                        .map(byCertificate::get)
                        .filter(Objects::nonNull)
                        .findFirst();
    }

    /**
     * Counts somebody who is no user, and says so in the log now and then.
     *
     * @param client its address
     */
    public void refused(String client) {
        long count = unauthorized.incrementAndGet();
        long line = 1;
        while (line < count) {
            line *= REFUSALS_PER_LINE_GROWTH;
        }
        if (line == count) {
            log.warn(
                    "source {}: connections or requests that are unauthorized, {} so far; the last of {}",
                    source,
                    count,
                    client);
        }
    }

    /** What {@code /status} shows. */
    public SourceStatus.Users status() {
        Map<String, SourceStatus.User> users = new LinkedHashMap<>();
        byName.forEach((name, user) -> users.put(
                name,
                new SourceStatus.User(
                        user.connections(),
                        user.counters().records(),
                        user.counters().bytes(),
                        user.counters().refusals())));
        Users now = tokens;
        return new SourceStatus.Users(unauthorized.get(), now == null ? "" : now.lastError(), users);
    }

    /** Looks at files of tokens no more. */
    @Override
    public void close() {
        Users now = tokens;
        if (now != null) {
            now.close();
        }
    }
}
