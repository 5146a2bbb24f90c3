package io.decant.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A source of {@code type: http}.
 *
 * @param address where it listens; port 0 is any free port
 * @param path of the requests that it takes, without a query
 * @param maxRecord the longest record, without its newline
 * @param maxBody the longest body, before and after it is decoded
 * @param idleTimeout of a connection without a request; zero: never
 * @param bodyTimeout from the header of a request to the end of its body
 * @param idempotencyRetain how long a key is remembered after its request
 * @param idempotencyMax how many keys are remembered
 * @param sessionRetain how long the count of a session is kept after its last record
 * @param headers of requests that each record keeps
 * @param proxyProtocol whether each connection begins with a header of the PROXY protocol
 * @param corsOrigins of web pages that may send; empty: none
 * @param tls empty: connections are not encrypted
 * @param users by name; empty: everybody may send
 */
public record HttpSourceSettings(
        HostPort address,
        String path,
        HttpBody body,
        DataSize maxRecord,
        DataSize maxBody,
        int maxConnections,
        Duration idleTimeout,
        Duration bodyTimeout,
        Duration idempotencyRetain,
        int idempotencyMax,
        Duration sessionRetain,
        List<String> headers,
        boolean proxyProtocol,
        List<String> corsOrigins,
        Optional<ServerTlsSettings> tls,
        Map<String, SourceUserSettings> users)
        implements SourceSettings {

    /** What stands under {@code type}. */
    public static final String TYPE = "http";

    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}");

    private static final String AUTHORIZATION = "Authorization";

    private static final SectionKeys<HttpSourceSettings> KEYS = SectionKeys.of(HttpSourceSettings.class);

    static final Setting<HttpSourceSettings, HostPort> ADDRESS = KEYS.required(
            Types.ADDRESS,
            "Where it listens. Port 0: any free one, shown by `/status`. An IPv6 host stands in brackets and the whole"
                    + " in quotes: `\"[::1]:8081\"`.");

    static final Setting<HttpSourceSettings, String> PATH = KEYS.optional(
            Types.text(
                    "a path that begins with `/`",
                    Pattern.compile("/[!-~&&[^?#]]{0,1023}"),
                    () -> new InvalidValue(
                            "is not a path of a URL", "begin it with /, and write no query, no fragment and no space")),
            "/",
            "The path of requests. Any other is answered 404. A query is ignored.");

    static final Setting<HttpSourceSettings, HttpBody> BODY = KEYS.optional(
            Types.choice(HttpBody.class),
            HttpBody.LINES,
            "`lines`: each line of a body is a record (so NDJSON has one JSON text a record); the last line needs no"
                    + " newline. `json`: a body is a JSON array, each element of which is a record, or any other JSON"
                    + " value, which is one record.");

    /** An eighth of the largest segment: see {@link Consistency}. */
    static final Setting<HttpSourceSettings, DataSize> MAX_RECORD = KEYS.optional(
            Types.size("1B", "128MiB"),
            DataSize.ofMebibytes(1),
            "The longest record, without its newline. A body with a longer one is answered 400, and nothing of it is"
                    + " taken.");

    static final Setting<HttpSourceSettings, DataSize> MAX_BODY = KEYS.optional(
            Types.size("1B", "1GiB"),
            DataSize.ofMebibytes(16),
            "The longest body, before and after it is decompressed. A longer one is answered 413. It is held in memory"
                    + " until it is checked, and counts against `journal.unfinished`.");

    static final Setting<HttpSourceSettings, Integer> MAX_CONNECTIONS = KEYS.optional(
            Types.wholeNumber(1, 1_000_000),
            10_000,
            "Connections at a time. The first request of a further one is answered 503 `too-many-connections`, and it"
                    + " is closed. Fewer where the process may have fewer file descriptors.");

    static final Setting<HttpSourceSettings, Duration> IDLE_TIMEOUT = KEYS.optional(
            Types.duration("0s", "365d"),
            Duration.ofSeconds(75),
            "How long a connection may be without a request before it is closed; `0s`: for ever.");

    static final Setting<HttpSourceSettings, Duration> BODY_TIMEOUT = KEYS.optional(
            Types.duration("1s", "1d"),
            Duration.ofMinutes(1),
            "How long a body may take from the header of its request to its end. A slower one is answered 408, and"
                    + " nothing of it is taken.");

    static final Setting<HttpSourceSettings, Duration> IDEMPOTENCY_RETAIN = KEYS.optional(
            Types.duration("1s", "3650d"),
            Duration.ofMinutes(10),
            "How long an `Idempotency-Key` is remembered after its request, in time during which a server runs. The"
                    + " wall clock does not matter.");

    static final Setting<HttpSourceSettings, Integer> IDEMPOTENCY_MAX = KEYS.optional(
            Types.wholeNumber(1, 100_000_000),
            500_000,
            "How many keys are remembered. Beyond it the oldest is forgotten. An eighth of the heap and a part of a"
                    + " segment are further bounds; `/status` shows what holds, and the time that is covered.");

    static final Setting<HttpSourceSettings, Duration> SESSION_RETAIN = KEYS.optional(
            Types.duration("1s", "3650d"),
            Duration.ofDays(7),
            "How long the count of a `Decant-Session` is kept after its last record, in time during which a server"
                    + " runs.");

    static final Setting<HttpSourceSettings, List<String>> HEADERS = KEYS.optional(
            new ListType<>(
                    Types.text(
                            "names of headers",
                            HEADER,
                            () -> new InvalidValue(
                                    "is not the name of a header", "write the name alone, e.g. X-Request-Id")),
                    "a list of names of headers",
                    "none"),
            List.of(),
            "Headers of a request that its records keep, e.g. `[X-Request-Id]`; `format: envelope` delivers them."
                    + " `Decant-Client` is the client's address, `Decant-User` the name of the user. With any, a record"
                    + " takes about 40 bytes more, and what the headers take.");

    static final Setting<HttpSourceSettings, Boolean> PROXY_PROTOCOL = KEYS.optional(
            Types.YES_OR_NO,
            false,
            "`true`: each connection begins with a header of the PROXY protocol (version 1 or 2), which says the"
                    + " client's address. A connection without one is closed.");

    static final Setting<HttpSourceSettings, List<String>> CORS_ORIGINS = KEYS.optional(
            new ListType<>(
                    Types.text("`*` or origins", HttpSourceSettings::checkOrigin),
                    "a list of origins of web pages",
                    "none"),
            List.of(),
            "Origins of the web pages that may send, e.g. `[\"https://shop.example\"]`; `*`: any. A request with"
                    + " another `Origin` is answered 403.");

    static final Setting<HttpSourceSettings, Optional<ServerTlsSettings>> TLS = KEYS.optional(
            new OptionalSectionType<>("off", ServerTlsSettings.SECTION),
            Optional.empty(),
            "For https, with TLS 1.2 and 1.3 alone, see [security.md](security.md).");

    static final Setting<HttpSourceSettings, Map<String, SourceUserSettings>> USERS = KEYS.optional(
            SourceUserSettings.TYPE,
            Map.of(),
            "Who may send, see [security.md](security.md). With any, a request says `Authorization: Bearer <token>`, or"
                    + " Basic with the user's name and the token, unless the client's certificate names a user; others"
                    + " are answered 401 `unauthorized`. Keys and sessions belong to a user. `off`: everybody who can"
                    + " connect.");

    static final Section<HttpSourceSettings> SECTION = KEYS.section();

    static final ComponentType<HttpSourceSettings> COMPONENT_TYPE =
            new ComponentType<>(TYPE, "http-source.md", SECTION);

    /** @throws IllegalArgumentException if a value is out of its range */
    public HttpSourceSettings {
        ADDRESS.check(address);
        PATH.check(path);
        BODY.check(body);
        MAX_RECORD.check(maxRecord);
        MAX_BODY.check(maxBody);
        MAX_CONNECTIONS.check(maxConnections);
        IDLE_TIMEOUT.check(idleTimeout);
        BODY_TIMEOUT.check(bodyTimeout);
        IDEMPOTENCY_RETAIN.check(idempotencyRetain);
        IDEMPOTENCY_MAX.check(idempotencyMax);
        SESSION_RETAIN.check(sessionRetain);
        HEADERS.check(headers);
        PROXY_PROTOCOL.check(proxyProtocol);
        CORS_ORIGINS.check(corsOrigins);
        TLS.check(tls);
        USERS.check(users);
        users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
        headers = List.copyOf(headers);
        corsOrigins = List.copyOf(corsOrigins);
    }

    private static void checkOrigin(String origin) {
        if (origin.equals("*")) {
            return;
        }
        try {
            URI url = new URI(origin);
            boolean bare = url.getRawAuthority() != null
                    && url.getRawUserInfo() == null
                    && url.getRawPath().isEmpty()
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null;
            if (bare && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw new InvalidValue(
                "is not the origin of a web page", "write scheme, host and port, e.g. https://shop.example, or *");
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Optional<HostPort> listensAt() {
        return Optional.of(address);
    }

    @Override
    public List<Conflict> fileConflicts(String path) {
        List<Conflict> conflicts = new ArrayList<>(SourceUserSettings.fileConflicts(path + "." + USERS.key(), users));
        tls.ifPresent(section -> conflicts.addAll(TlsFiles.problems(path + "." + TLS.key(), section)));
        return conflicts;
    }

    @Override
    public HttpSourceSettings relativeTo(Path folder) {
        return SECTION.with(
                SECTION.with(this, TLS, tls.map(section -> section.relativeTo(folder))),
                USERS,
                SourceUserSettings.relativeTo(users, folder));
    }

    @Override
    public List<Conflict> conflicts(String path, JournalSettings journal) {
        List<Conflict> conflicts = new ArrayList<>();
        tls.ifPresent(section -> conflicts.addAll(section.conflicts(path + "." + TLS.key())));
        conflicts.addAll(SourceUserSettings.conflicts(path + "." + USERS.key(), users, tls));
        if (!users.isEmpty() && headers.stream().anyMatch(AUTHORIZATION::equalsIgnoreCase)) {
            conflicts.add(new Conflict(
                    Map.of(path + "." + HEADERS.key(), headers.toString()),
                    "has " + AUTHORIZATION + ": each record would keep the token of its user",
                    "remove it; Decant-User is the name of the user"));
        }
        // A body that is never held whole would never come in.
        if (journal.unfinished().compareTo(maxBody) < 0) {
            String bodyKey = path + ".max-body";
            conflicts.add(Conflict.of(
                    "journal.unfinished",
                    journal.unfinished(),
                    bodyKey,
                    maxBody,
                    "does not fit: " + journal.unfinished() + " of unfinished bodies cannot hold a body of " + maxBody,
                    "set journal.unfinished to at least " + maxBody + ", or lower " + bodyKey));
        }
        return conflicts;
    }

    /** The defaults, listening at {@code address}. */
    public static HttpSourceSettings defaults(HostPort address) {
        return SECTION.defaults(ADDRESS, address);
    }
}
