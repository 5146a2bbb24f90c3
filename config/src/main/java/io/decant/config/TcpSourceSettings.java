package io.decant.config;

import java.time.Duration;
import java.util.List;

/**
 * A source of {@code type: tcp}.
 *
 * @param address where it listens; port 0 is any free port
 * @param maxRecord the longest record, without its newline
 * @param idleTimeout zero: never
 * @param lineTimeout zero: never
 * @param sessionRetain how long the count of a session is kept after its last record
 * @param sessionsPerAddress how many sessions that one address began are kept
 * @param allowHttpLike whether a connection may begin with a record that is an HTTP request line or like a TLS
 *     handshake
 */
public record TcpSourceSettings(
        HostPort address,
        DataSize maxRecord,
        int maxConnections,
        Duration idleTimeout,
        Duration lineTimeout,
        AckMode ack,
        SessionMode session,
        Duration sessionRetain,
        int sessionsPerAddress,
        boolean allowHttpLike)
        implements SourceSettings {

    static final Setting<TcpSourceSettings, HostPort> ADDRESS = Setting.required(
            "address",
            Types.ADDRESS,
            TcpSourceSettings::address,
            "Where it listens. Port 0: any free one, shown by `/status`. An IPv6 host stands in brackets and the whole in quotes:"
                    + " `\"[::1]:9999\"`.");

    /** An eighth of the largest segment: see {@link Consistency}. */
    static final Setting<TcpSourceSettings, DataSize> MAX_RECORD = Setting.optional(
            "max-record",
            Types.size("1B", "128MiB"),
            DataSize.ofMebibytes(1),
            TcpSourceSettings::maxRecord,
            "The longest record, without its newline; a longer one is answered `ERR <n> record-too-long`.");

    static final Setting<TcpSourceSettings, Integer> MAX_CONNECTIONS = Setting.optional(
            "max-connections",
            Types.wholeNumber(1, 1_000_000),
            10_000,
            TcpSourceSettings::maxConnections,
            "Connections at a time; a further one is answered `ERR 0 too-many-connections`.");

    static final Setting<TcpSourceSettings, Duration> IDLE_TIMEOUT = Setting.optional(
            "idle-timeout",
            Types.duration("0s", "365d"),
            Duration.ZERO,
            TcpSourceSettings::idleTimeout,
            "How long a connection may be silent before it is closed; `0s`: for ever.");

    /** A line that is under way for longer is hardly one of a sender that works: its memory is for the others. */
    static final Setting<TcpSourceSettings, Duration> LINE_TIMEOUT = Setting.optional(
            "line-timeout",
            Types.duration("0s", "365d"),
            Duration.ofMinutes(5),
            TcpSourceSettings::lineTimeout,
            "How long a line may take from its first byte to its newline; one that takes longer is answered `ERR <n> line-timeout`. Time"
                    + " in which the source is paused does not count. `0s`: for ever.");

    static final Setting<TcpSourceSettings, AckMode> ACK = Setting.optional(
            "ack",
            Types.choice(AckMode.class),
            AckMode.END,
            TcpSourceSettings::ack,
            "What is answered once records are durable. `end`: one `OK <n>`, after the sender has ended its input; `count`: `OK <n>` after"
                    + " each sync; `flume`: `OK` a record; `none`: silence. With `count` and `flume` the sender must read what it is"
                    + " answered until the server closes, or its last records may be lost. With `session: required` the default is"
                    + " `count`, and `end` is an error.");

    static final Setting<TcpSourceSettings, SessionMode> SESSION = Setting.optional(
            "session",
            Types.choice(SessionMode.class),
            SessionMode.OFF,
            TcpSourceSettings::session,
            "`required`: the first line is `SESSION <id>`, and the answer says with which record to go on.");

    static final Setting<TcpSourceSettings, Duration> SESSION_RETAIN = Setting.optional(
            "session-retain",
            Types.duration("1s", "3650d"),
            Duration.ofDays(7),
            TcpSourceSettings::sessionRetain,
            "How long the count of a session is kept after its last record, in time during which a server runs. The wall clock"
                    + " does not matter.");

    /** As many as there may be connections: a client with one for each of its sessions meets that bound first. */
    static final Setting<TcpSourceSettings, Integer> SESSIONS_PER_ADDRESS = Setting.optional(
            "sessions-per-address",
            Types.wholeNumber(1, 1_000_000),
            10_000,
            TcpSourceSettings::sessionsPerAddress,
            "How many of the sessions that are kept one address may have begun; at most half of all that the source keeps. A further new"
                    + " one is answered `ERR 0 busy`. Senders behind one NAT, proxy or load balancer are one address, so raise it where"
                    + " they are more; IPv6 addresses with the same first 64 bits are one.");

    static final Setting<TcpSourceSettings, Boolean> ALLOW_HTTP_LIKE = Setting.optional(
            "allow-http-like",
            Types.YES_OR_NO,
            false,
            TcpSourceSettings::allowHttpLike,
            "`true`: takes a first line like `POST / HTTP/1.1` for a record. Otherwise a connection that begins with one, or with a TLS"
                    + " handshake, is answered `ERR 0 bad-protocol`, and nothing of it is taken: a web page can send such requests to"
                    + " any port. With `session: required` the first line is no record anyway.");

    static final Section<TcpSourceSettings> SECTION = new Section<>(
            TcpSourceSettings.class,
            List.of(
                    ADDRESS,
                    MAX_RECORD,
                    MAX_CONNECTIONS,
                    IDLE_TIMEOUT,
                    LINE_TIMEOUT,
                    ACK,
                    SESSION,
                    SESSION_RETAIN,
                    SESSIONS_PER_ADDRESS,
                    ALLOW_HTTP_LIKE),
            values -> new TcpSourceSettings(
                    values.get(ADDRESS),
                    values.get(MAX_RECORD),
                    values.get(MAX_CONNECTIONS),
                    values.get(IDLE_TIMEOUT),
                    values.get(LINE_TIMEOUT),
                    values.isSet(ACK) ? values.get(ACK) : ackDefault(values.get(SESSION)),
                    values.get(SESSION),
                    values.get(SESSION_RETAIN),
                    values.get(SESSIONS_PER_ADDRESS),
                    values.get(ALLOW_HTTP_LIKE)));

    /** @throws IllegalArgumentException if a value is out of its range */
    public TcpSourceSettings {
        ADDRESS.check(address);
        MAX_RECORD.check(maxRecord);
        MAX_CONNECTIONS.check(maxConnections);
        IDLE_TIMEOUT.check(idleTimeout);
        LINE_TIMEOUT.check(lineTimeout);
        ACK.check(ack);
        SESSION.check(session);
        SESSION_RETAIN.check(sessionRetain);
        SESSIONS_PER_ADDRESS.check(sessionsPerAddress);
    }

    /** Who continues a session has to know what is durable also where its connection broke. */
    private static AckMode ackDefault(SessionMode session) {
        return session == SessionMode.REQUIRED ? AckMode.COUNT : AckMode.END;
    }

    /** The defaults, listening at {@code address}. */
    public static TcpSourceSettings defaults(HostPort address) {
        return SECTION.defaults(ADDRESS, address);
    }
}
