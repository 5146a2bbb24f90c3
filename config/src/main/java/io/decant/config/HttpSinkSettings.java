package io.decant.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A sink of {@code type: http}.
 *
 * @param url where parts are POSTed to
 * @param contentType empty: that of the format, see {@link #effectiveContentType()}
 * @param maxRecords records of a part
 * @param maxBytes bytes of a part's body
 * @param concurrency requests under way at a time
 * @param timeout of one request
 * @param retryMaxDelay cap of backoff and of {@code Retry-After}
 * @param refusedInARow refused records in a row at which the sink holds back instead of giving up any more; 0: it never
 *     does
 * @param compression of the body; the limits above hold for what is compressed
 * @param tls for https
 * @param auth sent with every request
 * @param signingSecret what requests are signed with, see {@link #signingKey()}; empty: they are not
 * @param headers sent with every request, in file order
 */
public record HttpSinkSettings(
        URI url,
        BodyFormat format,
        String contentType,
        int maxRecords,
        DataSize maxBytes,
        int concurrency,
        Duration timeout,
        Duration retryMaxDelay,
        int refusedInARow,
        Compression compression,
        TlsSettings tls,
        AuthSettings auth,
        Secret signingSecret,
        Map<String, Secret> headers)
        implements SinkSettings {

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    static final Setting<HttpSinkSettings, URI> URL = Setting.required(
            "url",
            UrlType.HTTP,
            HttpSinkSettings::url,
            "Where parts of buckets are POSTed to. Logs and `/status` show it: put secrets into `auth` or `headers`.");

    static final Setting<HttpSinkSettings, BodyFormat> FORMAT = Setting.optional(
            "format",
            Types.choice(BodyFormat.class),
            BodyFormat.LINES,
            HttpSinkSettings::format,
            "`lines`: each record and a newline. `json`: an array of the records, each as it is; one that is not JSON goes to the"
                    + " dead letters. `envelope`: for each record a JSON object and a newline, with `key`, `value` (or"
                    + " `value-base64` where it is not UTF-8), `source`, `stream`, `position` and `time`.");

    static final Setting<HttpSinkSettings, String> CONTENT_TYPE = Setting.optional(
            "content-type",
            Types.text(
                    "a media type",
                    Pattern.compile("|[!-.0-~]{1,127}/[!-.0-~][ -~]{0,255}"),
                    () -> new InvalidValue("is not a media type", "write e.g. text/plain; charset=utf-8")),
            "",
            HttpSinkSettings::contentType,
            "Empty: that of the format, `text/plain` for `lines`, `application/json` for `json`, `application/x-ndjson` for"
                    + " `envelope`.");

    static final Setting<HttpSinkSettings, Integer> MAX_RECORDS = Setting.optional(
            "max-records",
            Types.wholeNumber(1, 10_000_000),
            10_000,
            HttpSinkSettings::maxRecords,
            "Records of one request.");

    /** A body is held in memory while it is under way, once for each of the concurrent requests. */
    static final Setting<HttpSinkSettings, DataSize> MAX_BYTES = Setting.optional(
            "max-bytes",
            Types.size("1KiB", "256MiB"),
            DataSize.ofMebibytes(4),
            HttpSinkSettings::maxBytes,
            "Bytes of the body of one request, before it is compressed. A record that alone is larger goes alone.");

    static final Setting<HttpSinkSettings, Integer> CONCURRENCY = Setting.optional(
            "concurrency",
            Types.wholeNumber(1, 256),
            4,
            HttpSinkSettings::concurrency,
            "Requests under way at a time, all of one bucket.");

    static final Setting<HttpSinkSettings, Duration> TIMEOUT = Setting.optional(
            "timeout",
            Types.duration("1ms", "1d"),
            Duration.ofSeconds(30),
            HttpSinkSettings::timeout,
            "How long one request may take, answer included, before it is sent again.");

    static final Setting<HttpSinkSettings, Duration> RETRY_MAX_DELAY = Setting.optional(
            "retry-max-delay",
            Types.duration("1ms", "1d"),
            Duration.ofMinutes(1),
            HttpSinkSettings::retryMaxDelay,
            "Cap of the backoff between two tries, and of `Retry-After`.");

    /** A start looks for so many of them among the dead letters, and keeps in memory where they stood. */
    public static final int REFUSED_IN_A_ROW_MAX = 100_000;

    static final Setting<HttpSinkSettings, Integer> REFUSED_IN_A_ROW = Setting.optional(
            "refused-in-a-row",
            Types.wholeNumber(0, REFUSED_IN_A_ROW_MAX),
            1_000,
            HttpSinkSettings::refusedInARow,
            "Refused records in a row, with none accepted between, at which the sink is `failing`: the last of them is retried until it"
                    + " is accepted, and nothing more is sent or goes to the dead letters. `0`: it never is.");

    static final Setting<HttpSinkSettings, Compression> COMPRESSION = Setting.optional(
            "compression",
            Types.choice(Compression.class),
            Compression.NONE,
            HttpSinkSettings::compression,
            "`gzip`: bodies go out compressed, with `Content-Encoding: gzip`.");

    static final Setting<HttpSinkSettings, TlsSettings> TLS = Setting.optional(
            "tls", new SectionType<>(TlsSettings.SECTION), TlsSettings.NONE, HttpSinkSettings::tls, "For https.");

    static final Setting<HttpSinkSettings, AuthSettings> AUTH = Setting.optional(
            "auth",
            new SectionType<>(AuthSettings.SECTION),
            AuthSettings.NONE,
            HttpSinkSettings::auth,
            "What requests say in `Authorization`.");

    static final Setting<HttpSinkSettings, Secret> SIGNING_SECRET = Setting.optional(
            "signing-secret",
            SigningSecret.TYPE,
            Secret.NONE,
            HttpSinkSettings::signingSecret,
            "Requests are signed with it as Standard Webhooks says: `webhook-id`, `webhook-timestamp`, `webhook-signature`.");

    static final Setting<HttpSinkSettings, Map<String, Secret>> HEADERS = Setting.optional(
            "headers",
            new HeadersType(),
            Map.of(),
            HttpSinkSettings::headers,
            "Sent with every request, e.g. `Authorization: Bearer ${TOKEN}`. The values are secrets: nothing shows them.");

    static final Section<HttpSinkSettings> SECTION = new Section<>(
            HttpSinkSettings.class,
            List.of(
                    URL,
                    FORMAT,
                    CONTENT_TYPE,
                    MAX_RECORDS,
                    MAX_BYTES,
                    CONCURRENCY,
                    TIMEOUT,
                    RETRY_MAX_DELAY,
                    REFUSED_IN_A_ROW,
                    COMPRESSION,
                    TLS,
                    AUTH,
                    SIGNING_SECRET,
                    HEADERS),
            values -> new HttpSinkSettings(
                    values.get(URL),
                    values.get(FORMAT),
                    values.get(CONTENT_TYPE),
                    values.get(MAX_RECORDS),
                    values.get(MAX_BYTES),
                    values.get(CONCURRENCY),
                    values.get(TIMEOUT),
                    values.get(RETRY_MAX_DELAY),
                    values.get(REFUSED_IN_A_ROW),
                    values.get(COMPRESSION),
                    values.get(TLS),
                    values.get(AUTH),
                    values.get(SIGNING_SECRET),
                    values.get(HEADERS)));

    /** @throws IllegalArgumentException if a value is out of its range */
    public HttpSinkSettings {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        URL.check(url);
        FORMAT.check(format);
        CONTENT_TYPE.check(contentType);
        MAX_RECORDS.check(maxRecords);
        MAX_BYTES.check(maxBytes);
        CONCURRENCY.check(concurrency);
        TIMEOUT.check(timeout);
        RETRY_MAX_DELAY.check(retryMaxDelay);
        REFUSED_IN_A_ROW.check(refusedInARow);
        COMPRESSION.check(compression);
        TLS.check(tls);
        AUTH.check(auth);
        SIGNING_SECRET.check(signingSecret);
        HEADERS.check(headers);
    }

    /**
     * A sink whose requests go out as they are: not compressed, with the platform's trust, without auth and signature;
     * with the default of {@code refused-in-a-row}.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
    public HttpSinkSettings(
            URI url,
            BodyFormat format,
            String contentType,
            int maxRecords,
            DataSize maxBytes,
            int concurrency,
            Duration timeout,
            Duration retryMaxDelay,
            Map<String, Secret> headers) {
        this(
                url,
                format,
                contentType,
                maxRecords,
                maxBytes,
                concurrency,
                timeout,
                retryMaxDelay,
                REFUSED_IN_A_ROW.fallback().orElseThrow(),
                Compression.NONE,
                TlsSettings.NONE,
                AuthSettings.NONE,
                Secret.NONE,
                headers);
    }

    /** The defaults, delivering to {@code url}. */
    public static HttpSinkSettings defaults(URI url) {
        return SECTION.defaults(URL, url);
    }

    /** The {@code Content-Type} of a request: the one set, or that of the format. */
    public String effectiveContentType() {
        return contentType.isEmpty() ? format.contentType() : contentType;
    }

    /** The URL's host: a name, which may have an underscore, or an address, an IPv6 one in brackets. */
    public String host() {
        return UrlType.host(url);
    }

    /** The URL's port, or that of its scheme. */
    public int port() {
        int port = UrlType.port(url);
        return port >= 0 ? port : isHttps() ? HTTPS_PORT : HTTP_PORT;
    }

    /** Whether the URL says https. */
    public boolean isHttps() {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    /** The key that requests are signed with; empty where they are not signed. */
    public byte[] signingKey() {
        return signingSecret.isEmpty() ? new byte[0] : SigningSecret.decode(signingSecret.reveal());
    }

    @Override
    public HttpSinkSettings relativeTo(Path folder) {
        return new HttpSinkSettings(
                url,
                format,
                contentType,
                maxRecords,
                maxBytes,
                concurrency,
                timeout,
                retryMaxDelay,
                refusedInARow,
                compression,
                tls.relativeTo(folder),
                auth,
                signingSecret,
                headers);
    }
}
