package io.decant.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A source of {@code type: tcp}.
 *
 * @param address where it listens; port 0 is any free port. Empty where it connects
 * @param connect the server that it reads from, in place of listening. Then nothing is answered: {@code ack} is
 *     {@code none}, there is no session, one connection, and any first line is a record
 * @param maxRecord the longest record, without its newline
 * @param idleTimeout zero: never
 * @param lineTimeout zero: never
 * @param sessionRetain how long the count of a session is kept after its last record
 * @param sessionsPerAddress how many sessions that one address began are kept
 * @param allowHttpLike whether a connection may begin with a record that is an HTTP request line or like a TLS
 *     handshake
 * @param proxyProtocol whether each connection begins with a header of the PROXY protocol
 * @param tls empty: connections are not encrypted
 * @param users by name; empty: everybody may send
 */
public record TcpSourceSettings(
        Optional<HostPort> address,
        Optional<HostPort> connect,
        DataSize maxRecord,
        int maxConnections,
        Duration idleTimeout,
        Duration lineTimeout,
        AckMode ack,
        SessionMode session,
        Duration sessionRetain,
        int sessionsPerAddress,
        boolean allowHttpLike,
        boolean proxyProtocol,
        Optional<ServerTlsSettings> tls,
        Map<String, SourceUserSettings> users)
        implements SourceSettings {

    /** What stands under {@code type}. */
    public static final String TYPE = "tcp";

    private static final SectionKeys<TcpSourceSettings> KEYS = SectionKeys.of(TcpSourceSettings.class);

    static final Setting<TcpSourceSettings, Optional<HostPort>> ADDRESS = KEYS.optional(
            Types.OPTIONAL_ADDRESS,
            Optional.empty(),
            "Address to listen on. Required, unless `connect` is set. Port 0: any free one, shown by"
                    + " `/status`. An IPv6 host is written in brackets, and the whole in quotes: `\"[::1]:9999\"`.");

    static final Setting<TcpSourceSettings, Optional<HostPort>> CONNECT = KEYS.optional(
            Types.OPTIONAL_SERVER,
            Optional.empty(),
            "Instead of `address`: the server to connect to and read lines from. Decant always reconnects."
                    + " Unreliable: the server is never told what was read, so records are lost when the connection"
                    + " or Decant ends, see [tcp.md](tcp.md). `ack`, `session` and its two settings,"
                    + " `max-connections`, `allow-http-like` and `proxy-protocol` are for senders that connect, and are"
                    + " errors with it.");

    /** An eighth of the largest segment: see {@link Consistency}. */
    static final Setting<TcpSourceSettings, DataSize> MAX_RECORD = KEYS.optional(
            Types.size("1B", "128MiB"),
            DataSize.ofMebibytes(1),
            "The longest record, without its newline; a longer one is answered `ERR <n> record-too-long`.");

    static final Setting<TcpSourceSettings, Integer> MAX_CONNECTIONS = KEYS.optional(
            Types.wholeNumber(1, 1_000_000),
            10_000,
            "Connections at a time; a further one is answered `ERR 0 too-many-connections`.");

    static final Setting<TcpSourceSettings, Duration> IDLE_TIMEOUT = KEYS.optional(
            Types.duration("0s", "365d"),
            Duration.ZERO,
            "How long a connection may be silent before it is closed; `0s`: no limit.");

    /** A line that is under way for longer is hardly one of a sender that works: its memory is for the others. */
    static final Setting<TcpSourceSettings, Duration> LINE_TIMEOUT = KEYS.optional(
            Types.duration("0s", "365d"),
            Duration.ofMinutes(5),
            "How long a line may take from its first byte to its newline; one that takes longer is"
                    + " answered `ERR <n> line-timeout`. Time in which the source is paused does not count. `0s`: no"
                    + " limit.");

    static final Setting<TcpSourceSettings, AckMode> ACK = KEYS.optional(
            Types.choice(AckMode.class),
            AckMode.END,
            "What is answered once records are durable. `end`: one `OK <n>`, after the sender has ended"
                    + " its input; `count`: `OK <n>` after each sync; `flume`: `OK` a record; `none`: nothing. With"
                    + " `count` and `flume` the sender must read the answers until the server closes the connection,"
                    + " or its last records may be lost. With `session: required` the default is `count`, and `end`"
                    + " is an error.");

    static final Setting<TcpSourceSettings, SessionMode> SESSION = KEYS.optional(
            Types.choice(SessionMode.class),
            SessionMode.OFF,
            "`required`: the first line is `SESSION <id>`, and the answer says with which record to continue.");

    static final Setting<TcpSourceSettings, Duration> SESSION_RETAIN = KEYS.optional(
            Types.duration("1s", "3650d"),
            Duration.ofDays(7),
            "How long the count of a session is kept after its last record, in time during which a server runs. The"
                    + " wall clock does not matter.");

    /** As many as there may be connections: a client with one for each of its sessions meets that bound first. */
    static final Setting<TcpSourceSettings, Integer> SESSIONS_PER_ADDRESS = KEYS.optional(
            Types.wholeNumber(1, 1_000_000),
            10_000,
            "How many of the kept sessions may be started by one address; at most half of all that the"
                    + " source keeps. A further new one is answered `ERR 0 busy`. Senders behind one NAT, proxy or"
                    + " load balancer count as one address, so raise it if there are more; IPv6 addresses with the"
                    + " same first 64 bits count as one.");

    static final Setting<TcpSourceSettings, Boolean> ALLOW_HTTP_LIKE = KEYS.optional(
            Types.YES_OR_NO,
            false,
            "`true`: accepts a first line like `POST / HTTP/1.1` as a record. Otherwise a connection that"
                    + " begins with one, or with a TLS handshake, is answered `ERR 0 bad-protocol`, and none of its"
                    + " data is accepted: a web page can send such requests to any port. With `session: required` the"
                    + " first line is not a record anyway.");

    static final Setting<TcpSourceSettings, Boolean> PROXY_PROTOCOL = KEYS.optional(
            Types.YES_OR_NO,
            false,
            "`true`: each connection begins with a header of the PROXY protocol (version 1 or 2), which says the"
                    + " client's address. A connection without one is closed.");

    static final Setting<TcpSourceSettings, Optional<ServerTlsSettings>> TLS = KEYS.optional(
            new OptionalSectionType<>("off", ServerTlsSettings.SECTION),
            Optional.empty(),
            "Encrypts connections, with TLS 1.2 and 1.3 alone, see [security.md](security.md). With it the default"
                    + " of `ack` is `count`: over TLS 1.2 a sender that ends its input ends the answers, too.");

    static final Setting<TcpSourceSettings, Map<String, SourceUserSettings>> USERS = KEYS.optional(
            SourceUserSettings.TYPE,
            Map.of(),
            "Who may send, see [security.md](security.md). With any, the first line of a connection is `AUTH <token>`,"
                    + " unless the client's certificate names a user; others are answered `ERR 0 unauthorized`."
                    + " Sessions belong to a user, and `sessions-per-address` is that of a user. `off`: everybody who"
                    + " can connect.");

    static final Section<TcpSourceSettings> SECTION = KEYS.section(TcpSourceSettings::complete);

    static final ComponentType<TcpSourceSettings> COMPONENT_TYPE = new ComponentType<>(TYPE, "tcp.md", SECTION);

    /** @throws IllegalArgumentException if a value is out of its range */
    public TcpSourceSettings {
        ADDRESS.check(address);
        CONNECT.check(connect);
        MAX_RECORD.check(maxRecord);
        MAX_CONNECTIONS.check(maxConnections);
        IDLE_TIMEOUT.check(idleTimeout);
        LINE_TIMEOUT.check(lineTimeout);
        ACK.check(ack);
        SESSION.check(session);
        SESSION_RETAIN.check(sessionRetain);
        SESSIONS_PER_ADDRESS.check(sessionsPerAddress);
        ALLOW_HTTP_LIKE.check(allowHttpLike);
        PROXY_PROTOCOL.check(proxyProtocol);
        TLS.check(tls);
        USERS.check(users);
        users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
    }

    private static void complete(Section.Values<TcpSourceSettings> values) {
        if (values.get(CONNECT).isPresent()) {
            putUnlessSet(values, ACK, AckMode.NONE);
            putUnlessSet(values, MAX_CONNECTIONS, 1);
            putUnlessSet(values, ALLOW_HTTP_LIKE, true);
        } else if (values.get(SESSION) == SessionMode.REQUIRED
                || values.get(TLS).isPresent()) {
            // A client that resumes a session must know what is durable even after its connection broke.
            putUnlessSet(values, ACK, AckMode.COUNT);
        }
    }

    private static <T> void putUnlessSet(
            Section.Values<TcpSourceSettings> values, Setting<TcpSourceSettings, T> setting, T value) {
        if (!values.isSet(setting)) {
            values.put(setting, value);
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Optional<HostPort> listensAt() {
        return address;
    }

    @Override
    public List<Conflict> conflicts(String path, JournalSettings journal) {
        List<Conflict> conflicts = new ArrayList<>();
        if (address.isEmpty() && connect.isEmpty()) {
            conflicts.add(new Conflict(
                    Map.of(path + ".address", ""),
                    "is required",
                    "give it a value, or set connect to read from a server"));
        }
        if (connect.isPresent()) {
            addConflictsOfConnect(path, conflicts);
        }
        tls.ifPresent(section -> conflicts.addAll(section.conflicts(path + "." + TLS.key())));
        conflicts.addAll(SourceUserSettings.conflicts(path + "." + USERS.key(), users, tls));
        // A record that is never finished within the budget would never come in.
        if (journal.unfinished().compareTo(maxRecord) < 0) {
            String recordKey = path + ".max-record";
            conflicts.add(Conflict.of(
                    "journal.unfinished",
                    journal.unfinished(),
                    recordKey,
                    maxRecord,
                    "does not fit: " + journal.unfinished() + " of unfinished lines cannot hold a record of "
                            + maxRecord,
                    "set journal.unfinished to at least " + maxRecord + ", or lower " + recordKey));
        }
        // A connection that breaks never comes to its end, and that is when a session is needed.
        if (session == SessionMode.REQUIRED && ack == AckMode.END) {
            conflicts.add(Conflict.of(
                    path + ".ack",
                    "end",
                    path + ".session",
                    "required",
                    "does not fit: the sender of a session must learn what is durable while it sends, and ack: end"
                            + " says it only after the end of its input",
                    "write ack: count, or remove ack"));
        }
        return conflicts;
    }

    /** What is for senders that connect. */
    private void addConflictsOfConnect(String path, List<Conflict> conflicts) {
        address.ifPresent(
                listening -> conflicts.add(ofConnect(path, ADDRESS, listening, "a source either listens or connects")));
        if (ack != AckMode.NONE) {
            conflicts.add(ofConnect(path, ACK, word(ack), "a server that is read from gets no answers"));
        }
        if (session != SessionMode.OFF) {
            conflicts.add(ofConnect(path, SESSION, word(session), "a server that is read from cannot resume"));
        }
        if (!sessionRetain.equals(SESSION_RETAIN.fallback().orElseThrow())) {
            String set = DurationText.print(sessionRetain);
            conflicts.add(ofConnect(path, SESSION_RETAIN, set, "there are no sessions"));
        }
        if (sessionsPerAddress != SESSIONS_PER_ADDRESS.fallback().orElseThrow()) {
            conflicts.add(ofConnect(path, SESSIONS_PER_ADDRESS, sessionsPerAddress, "there are no sessions"));
        }
        if (maxConnections != 1) {
            conflicts.add(ofConnect(path, MAX_CONNECTIONS, maxConnections, "there is one connection"));
        }
        if (!allowHttpLike) {
            conflicts.add(ofConnect(path, ALLOW_HTTP_LIKE, allowHttpLike, "any first line is a record"));
        }
        if (proxyProtocol) {
            conflicts.add(ofConnect(path, PROXY_PROTOCOL, true, "a server sends no such header"));
        }
        if (tls.isPresent()) {
            conflicts.add(ofConnect(path, TLS, "", "it is for connections that others make"));
        }
        if (!users.isEmpty()) {
            conflicts.add(ofConnect(path, USERS, "", "a server that is read from is no user"));
        }
    }

    private Conflict ofConnect(String path, Setting<TcpSourceSettings, ?> setting, Object value, String why) {
        return Conflict.of(
                path + "." + setting.key(),
                value,
                path + "." + CONNECT.key(),
                connect.orElseThrow(),
                "does not fit connect: " + why,
                "remove one of " + setting.key() + " and connect");
    }

    @Override
    public List<Conflict> fileConflicts(String path) {
        List<Conflict> conflicts = new ArrayList<>(SourceUserSettings.fileConflicts(path + "." + USERS.key(), users));
        tls.ifPresent(section -> conflicts.addAll(TlsFiles.problems(path + "." + TLS.key(), section)));
        return conflicts;
    }

    @Override
    public TcpSourceSettings relativeTo(Path folder) {
        return SECTION.with(
                SECTION.with(this, TLS, tls.map(section -> section.relativeTo(folder))),
                USERS,
                SourceUserSettings.relativeTo(users, folder));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** The defaults, listening at {@code address}. */
    public static TcpSourceSettings defaults(HostPort address) {
        return SECTION.defaults(ADDRESS, Optional.of(address));
    }
}
